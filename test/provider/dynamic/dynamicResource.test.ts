import * as pulumi from "@pulumi/pulumi";
import { DataKey, ExportedDataKey } from "../../../provider";
import { handlerText } from "../../../provider/dynamic/handlerText";
import { dataKeySpec } from "../../../provider/resources/dataKey";
import { exportedDataKeySpec } from "../../../provider/resources/exportedDataKey";

let registered: pulumi.runtime.MockResourceArgs[];

beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks({
    newResource(args) {
      registered.push(args);
      return { id: `${args.name}-id`, state: { ...(args.inputs as object), requestId: "r-1" } };
    },
    call: () => ({}),
  });
});

/** Waits for an output, and tells whether it is secret. */
async function read<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const value = await new Promise<T>((resolve) => void output.apply((known) => resolve(known)));
  return { value, secret: await pulumi.isSecret(output) };
}

test("a data key is a dynamic resource of this package, with nothing of the program in its provider text", async () => {
  const resource = new DataKey("k", { keyId: "alias/a", encryptionContext: { app: pulumi.output("shop") } });
  await read(resource.urn);
  expect(registered).toHaveLength(1);
  expect(registered[0]?.type).toBe("pulumi-nodejs:dynamic/alicloud-kms:DataKey");
  expect(registered[0]?.inputs).toEqual({
    keyId: "alias/a",
    encryptionContext: { app: "shop" },
    __provider: handlerText("dataKey"),
  });
});

test("an export is one, too", async () => {
  const resource = new ExportedDataKey("e", { ciphertextBlob: "AAAA", publicKeyBlob: "PEM" });
  await read(resource.urn);
  expect(registered[0]?.type).toBe("pulumi-nodejs:dynamic/alicloud-kms:ExportedDataKey");
  expect(registered[0]?.inputs).toMatchObject({ publicKeyBlob: "PEM", __provider: handlerText("exportedDataKey") });
});

test("a ciphertext that is given in plain is made secret before the engine sees it", async () => {
  const resource = new ExportedDataKey("e", { ciphertextBlob: "AAAA", publicKeyBlob: "PEM" });
  expect(await read(resource.ciphertextBlob)).toEqual({ value: "AAAA", secret: true });
  expect(await read(resource.publicKeyBlob)).toEqual({ value: "PEM", secret: false });
});

test("every output can be read from the program", async () => {
  const dataKey = new DataKey("k", { keyId: "alias/a" });
  const outputs = Object.keys({ ...dataKeySpec.inputs, ...dataKeySpec.outputs });
  expect(outputs.filter((name) => !pulumi.Output.isInstance(Reflect.get(dataKey, name)))).toEqual([]);
  const exported = new ExportedDataKey("e", { ciphertextBlob: "AAAA", publicKeyBlob: "PEM" });
  const others = Object.keys({ ...exportedDataKeySpec.inputs, ...exportedDataKeySpec.outputs });
  expect(others.filter((name) => !pulumi.Output.isInstance(Reflect.get(exported, name)))).toEqual([]);
  expect(await read(dataKey.requestId)).toEqual({ value: "r-1", secret: false });
});

test("leaves the program's arguments as they are", async () => {
  const args = Object.freeze({ ciphertextBlob: "AAAA", publicKeyBlob: "PEM" });
  await read(new ExportedDataKey("e", args).urn);
  expect(args).toEqual({ ciphertextBlob: "AAAA", publicKeyBlob: "PEM" });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../emulator/emulator";
import { keySpecNames, keySpecs } from "../../emulator/keys/keySpec";
import { call, callOk, newKeyPair } from "./clients";

/** Making one takes a second, and it differs from the smaller ones in nothing but a number. */
const quickSpecs = keySpecNames.filter((name) => name !== "RSA_4096");

describe("CreateKey", () => {
  test("takes every key spec, each for encryption", async () => {
    const emulator = await startEmulator();
    for (const KeySpec of quickSpecs) {
      const params = { KeySpec, KeyUsage: "ENCRYPT/DECRYPT" };
      const { KeyMetadata } = await callOk(emulator, "CreateKey", params);
      expect(KeyMetadata).toMatchObject(params);
    }
    await emulator.close();
  });

  test.each([
    [{ KeySpec: "Aliyun_AES_256", KeyUsage: "SIGN/VERIFY" }, "InvalidParameter"],
    [{ KeySpec: "RSA_2048", KeyUsage: "SIGN/VERIFY" }, "UnsupportedOperation"],
    [{ KeySpec: "EC_SM2", KeyUsage: "SIGN/VERIFY" }, "UnsupportedOperation"],
    [{ KeySpec: "EC_P256" }, "InvalidParameter"],
    [{ KeySpec: "RSA_2048", KeyUsage: "WRAP" }, "InvalidParameter"],
  ])("refuses %p", async (params, code) => {
    const emulator = await startEmulator();
    const { status, body } = await call(emulator, "CreateKey", params);
    expect([status, body.Code]).toEqual([400, code]);
    await emulator.close();
  });
});

describe("material", () => {
  test.each(quickSpecs)("of %s is sound for this spec, and never in part", (name) => {
    const { newMaterial, isSound } = keySpecs[name];
    const material = newMaterial();
    expect(isSound(material)).toBe(true);
    expect(isSound(newMaterial())).toBe(true);
    expect(isSound(material.subarray(1))).toBe(false);
    expect(isSound(material.subarray(0, -1))).toBe(false);
    expect(isSound(Buffer.concat([material, material]))).toBe(name.startsWith("RSA_"));
    expect(isSound(Buffer.alloc(0))).toBe(false);
  });

  test("of one spec is not sound for another of other size or kind", () => {
    const made = quickSpecs.map((name) => ({ name, material: keySpecs[name].newMaterial() }));
    const same = new Set(["Aliyun_AES_128", "Aliyun_SM4"]);
    for (const { name, material } of made) {
      for (const other of quickSpecs) {
        const fits = other === name || (same.has(other) && same.has(name));
        expect(keySpecs[other].isSound(material)).toBe(fits);
      }
    }
  });

  test("of SM2 is not sound with another point, or the private key 0", () => {
    const [one, two] = [keySpecs.EC_SM2.newMaterial(), keySpecs.EC_SM2.newMaterial()];
    expect(keySpecs.EC_SM2.isSound(Buffer.concat([one.subarray(0, -65), two.subarray(-65)]))).toBe(false);
    expect(keySpecs.EC_SM2.isSound(Buffer.from(one).fill(0, 36, 68))).toBe(false);
  });
});

describe("a data folder", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "specs-")), "data");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  test("keeps keys of every kind: what was encrypted before a restart opens after it", async () => {
    const before = await startEmulator({ data: folder });
    const Plaintext = Buffer.from("kept").toString("base64");
    const symmetric = [];
    for (const KeySpec of ["Aliyun_AES_256", "Aliyun_AES_128", "Aliyun_SM4"]) {
      const { KeyMetadata } = await callOk(before, "CreateKey", { KeySpec });
      symmetric.push(await callOk(before, "Encrypt", { KeyId: KeyMetadata.KeyId, Plaintext }));
    }
    const pairs = [];
    for (const [KeySpec, Algorithm] of [
      ["RSA_2048", "RSAES_OAEP_SHA_256"],
      ["EC_SM2", "SM2PKE"],
    ] as const) {
      const params = { ...(await newKeyPair(before, KeySpec)), Algorithm };
      const { CiphertextBlob } = await callOk(before, "AsymmetricEncrypt", { ...params, Plaintext });
      pairs.push({ ...params, CiphertextBlob });
    }
    await before.close();

    const after = await startEmulator({ data: folder });
    // The access keys were kept too.
    for (const { CiphertextBlob } of symmetric) {
      expect((await callOk(after, "Decrypt", { CiphertextBlob })).Plaintext).toBe(Plaintext);
    }
    for (const params of pairs) {
      expect((await callOk(after, "AsymmetricDecrypt", params)).Plaintext).toBe(Plaintext);
    }
    await after.close();
  });

  test.each(["Aliyun_AES_128", "Aliyun_SM4", "RSA_2048", "EC_SM2"])(
    "with damaged material of %s makes the start fail",
    async (KeySpec) => {
      const emulator = await startEmulator({ data: folder });
      await callOk(emulator, "CreateKey", { KeySpec });
      await emulator.close();
      const [name = ""] = readdirSync(join(folder, "keys"));
      const file = join(folder, "keys", name);
      const damaged = readFileSync(file, "utf8").replace(/"material": "....../, '"material": "');
      writeFileSync(file, damaged);
      await expect(startEmulator({ data: folder })).rejects.toThrow(/is damaged/);
    },
  );
});

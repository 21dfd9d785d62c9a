import { GenerateDataKeyRequest, DecryptRequest, CreateKeyRequest } from "@alicloud/kms20160120";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { Nonces } from "../../emulator/nonces";
import { signV1 } from "../../emulator/signature/v1";
import {
  acs3Authorization,
  acs3Call,
  call,
  encode,
  formText,
  newKey,
  officialClient,
  send,
  signedAcs3,
  signedV1,
  type Params,
} from "./clients";

/** Everything that percent-encoding can get wrong: reserved characters, spaces, a plus, other alphabets, astral planes. */
const awkward = JSON.stringify({ "a b+c*d~e!'()": "&=%/?#[]@:;,$", schlüssel: "密钥 🔑" });

const without = (name: string, all: Params): Params =>
  Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));

let emulator: Emulator;
let keyId: string;
beforeAll(async () => {
  emulator = await startEmulator();
  keyId = await newKey(emulator);
});
afterAll(() => emulator.close());

describe("signature V1", () => {
  test("agrees with the sample of the KMS reference", () => {
    const sample = {
      Action: "CreateKey",
      SignatureVersion: "1.0",
      Format: "json",
      Version: "2016-01-20",
      AccessKeyId: "testid",
      SignatureMethod: "HMAC-SHA1",
      Timestamp: "2016-03-28T03:13:08Z",
    };
    expect(signV1("GET", new Map(Object.entries(sample)), "testsecret")).toBe("41wk2SSX1GJh7fwnc5eqOfiJPFg=");
  });

  test.each(["GET", "POST"])("is accepted over the query of a %s", async (method) => {
    const reply = await call(emulator, "GenerateDataKey", { KeyId: keyId, EncryptionContext: awkward }, method);
    expect(reply).toMatchObject({ status: 200, body: { KeyId: keyId } });
  });

  test("is accepted over a form body, alone and with part of the parameters in the query", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const params = { Action: "GenerateDataKey", KeyId: keyId, EncryptionContext: awkward };
    const whole = await send(emulator, "POST", "/", headers, formText(signedV1("POST", emulator, params)));
    expect(whole.status).toBe(200);
    const { Action = "", Version = "", ...rest } = signedV1("POST", emulator, params);
    const query = formText({ Action, Version });
    const split = await send(emulator, "POST", `/?${query}`, headers, formText(rest));
    expect(split.status).toBe(200);
  });

  test("understands a space sent as a plus, and characters sent without encoding", async () => {
    const signed = signedV1("POST", emulator, { Action: "CreateKey", Description: "two words (and *more*)" });
    const description = "Description=two+words+(and+*more*)";
    const others = without("Description", signed);
    const reply = await send(emulator, "POST", `/?${formText(others)}&${description}`);
    expect(reply.body.KeyMetadata.Description).toBe("two words (and *more*)");
  });

  test("accepts the empty parameters that older SDKs send", async () => {
    const reply = await call(emulator, "DescribeKey", { KeyId: keyId, RegionId: "", SignatureType: "" });
    expect(reply.status).toBe(200);
  });

  test.each([
    ["a changed value", { KeyId: "alias/other" }],
    ["an added parameter", { NumberOfBytes: "16" }],
    ["a changed signature", { Signature: "41wk2SSX1GJh7fwnc5eqOfiJPFg=" }],
    ["a signature of another length", { Signature: "x" }],
  ])("refuses %s", async (_, change) => {
    const signed = signedV1("POST", emulator, { Action: "GenerateDataKey", KeyId: keyId });
    const reply = await send(emulator, "POST", `/?${formText({ ...signed, ...change })}`);
    expect(reply).toMatchObject({ status: 400, body: { HttpStatus: 400, Code: "SignatureDoesNotMatch" } });
  });

  test("refuses another method, another secret and a removed parameter", async () => {
    const signed = signedV1("POST", emulator, { Action: "CreateKey", Description: "x" });
    const less = without("Description", signed);
    const other = signedV1("POST", { ...emulator, accessKeySecret: "wrong" }, { Action: "CreateKey" });
    for (const [method, params] of [
      ["GET", signed],
      ["POST", less],
      ["POST", other],
    ] as const) {
      const reply = await send(emulator, method, `/?${formText(params)}`);
      expect(reply.body.Code).toBe("SignatureDoesNotMatch");
    }
  });

  test("takes the action from the signed parameters only, never from a header", async () => {
    const signed = signedV1("POST", emulator, {});
    const reply = await send(emulator, "POST", `/?${formText(signed)}`, { "x-acs-action": "CreateKey" });
    expect(reply.body.Code).toBe("MissingParameter");
  });

  test.each([
    ["no signature", { Signature: "" }, "IncompleteSignature"],
    ["no access key", { AccessKeyId: "" }, "IncompleteSignature"],
    ["another method of signing", { SignatureMethod: "HMAC-SHA256" }, "IncompleteSignature"],
    ["another version of signing", { SignatureVersion: "2.0" }, "IncompleteSignature"],
    ["an unknown access key", { AccessKeyId: "nobody" }, "InvalidAccessKeyId.NotFound"],
  ])("names %s", async (_, change, code) => {
    const reply = await send(
      emulator,
      "POST",
      `/?${formText({ ...signedV1("POST", emulator, { Action: "CreateKey" }), ...change })}`,
    );
    expect(reply.body.Code).toBe(code);
  });

  test.each([
    ["", "IllegalTimestamp"],
    ["2016-03-28T03:13:08Z", "IllegalTimestamp"],
    ["yesterday", "IllegalTimestamp"],
    ["9999-12-31T23:59:59Z", "IllegalTimestamp"],
  ])("refuses the rightly signed time %p", async (Timestamp, code) => {
    expect((await call(emulator, "CreateKey", { Timestamp })).body.Code).toBe(code);
  });

  test.each([
    ["", "MissingParameter"],
    ["2015-01-01", "InvalidParameter"],
  ])("refuses version %p of the API", async (Version, code) => {
    expect((await call(emulator, "CreateKey", { Version })).body.Code).toBe(code);
  });
});

describe("signature ACS3-HMAC-SHA256", () => {
  test("of the newer SDK core is accepted, with parameters in the query and in a form body", async () => {
    const params = { KeyId: keyId, EncryptionContext: awkward };
    const made = await acs3Call(emulator, "GenerateDataKey", params);
    const opened = await acs3Call(
      emulator,
      "Decrypt",
      {},
      {
        CiphertextBlob: made.CiphertextBlob,
        EncryptionContext: awkward,
      },
    );
    expect(opened.Plaintext).toBe(made.Plaintext);
  });

  test("is accepted for a GET", async () => {
    const query = `KeyId=${keyId}`;
    const headers = signedAcs3("GET", emulator, "DescribeKey", query);
    expect((await send(emulator, "GET", `/?${query}`, headers)).status).toBe(200);
  });

  test("refuses a changed query, body, body hash, header or method", async () => {
    const query = `KeyId=${keyId}`;
    const signed = signedAcs3("POST", emulator, "DescribeKey", query);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const code = async (...[method, target, headers, body]: [string, string, Record<string, string>, string?]) =>
      (await send(emulator, method, target, headers, body)).body.Code;
    expect(await code("POST", `/?${query}`, signed)).toBeUndefined();
    expect(await code("POST", `/?${query}x`, signed)).toBe("SignatureDoesNotMatch");
    expect(await code("GET", `/?${query}`, signed)).toBe("SignatureDoesNotMatch");
    expect(await code("POST", `/?${query}`, { ...signed, ...form }, "Extra=1")).toBe("SignatureDoesNotMatch");
    expect(await code("POST", `/?${query}`, { ...signed, "x-acs-action": "CreateKey" })).toBe("SignatureDoesNotMatch");
    const otherHash = signed["x-acs-content-sha256"]?.replace(/^./, "0");
    expect(await code("POST", `/?${query}`, { ...signed, "x-acs-content-sha256": otherHash ?? "" })).toBe(
      "SignatureDoesNotMatch",
    );
  });

  test.each(["host", "x-acs-date", "x-acs-action", "x-acs-version", "x-acs-content-sha256", "x-acs-signature-nonce"])(
    "refuses a request that leaves %s unsigned",
    async (name) => {
      const headers = without("authorization", signedAcs3("POST", emulator, "CreateKey"));
      const fewer = without(name, headers);
      const hash = { "x-acs-content-sha256": headers["x-acs-content-sha256"] ?? "" };
      const authorization = acs3Authorization("POST", emulator, name in hash ? fewer : { ...fewer, ...hash });
      const reply = await send(emulator, "POST", "/", { ...headers, authorization });
      expect(reply).toMatchObject({ status: 400, body: { Code: "IncompleteSignature" } });
    },
  );

  test.each([
    "ACS3-HMAC-SHA256",
    "ACS3-HMAC-SHA256 Credential=x",
    "ACS3-HMAC-SHA256 Credential=x,SignedHeaders=host,Signature=",
    "ACS3-HMAC-SHA256 Credential=x,Credential=y,SignedHeaders=host,Signature=00",
    "ACS4-HMAC-SHA256 Credential=x,SignedHeaders=host,Signature=00",
    "Bearer x",
  ])("refuses the Authorization %p", async (authorization) => {
    const headers = { ...signedAcs3("POST", emulator, "CreateKey"), authorization };
    expect((await send(emulator, "POST", "/", headers)).body.Code).toBe("IncompleteSignature");
  });

  test("refuses an unknown access key and an old date", async () => {
    const unknown = signedAcs3("POST", { ...emulator, accessKeyId: "nobody" }, "CreateKey");
    expect((await send(emulator, "POST", "/", unknown)).body.Code).toBe("InvalidAccessKeyId.NotFound");
    const headers = without("authorization", signedAcs3("POST", emulator, "CreateKey"));
    const old = { ...headers, "x-acs-date": "2020-01-01T00:00:00Z" };
    const authorization = acs3Authorization("POST", emulator, old);
    expect((await send(emulator, "POST", "/", { ...old, authorization })).body.Code).toBe("IllegalTimestamp");
  });
});

describe("a nonce", () => {
  const minute = 60_000;

  test("that was used already is refused, in both schemes and under whatever action", async () => {
    const target = `/?${formText(signedV1("POST", emulator, { Action: "DescribeKey", KeyId: keyId }))}`;
    expect((await send(emulator, "POST", target)).status).toBe(200);
    const replayed = await send(emulator, "POST", target);
    expect(replayed).toMatchObject({ status: 400, body: { HttpStatus: 400, Code: "SignatureNonceUsed" } });
    const headers = signedAcs3("POST", emulator, "DescribeKey", `KeyId=${keyId}`);
    expect((await send(emulator, "POST", `/?KeyId=${keyId}`, headers)).status).toBe(200);
    expect((await send(emulator, "POST", `/?KeyId=${keyId}`, headers)).body.Code).toBe("SignatureNonceUsed");
    const SignatureNonce = headers["x-acs-signature-nonce"] ?? "";
    expect((await call(emulator, "CreateKey", { SignatureNonce })).body.Code).toBe("SignatureNonceUsed");
  });

  test("is not used up by a request that was refused before", async () => {
    const signed = signedV1("POST", emulator, { Action: "DescribeKey", KeyId: keyId });
    const forged = await send(emulator, "POST", `/?${formText({ ...signed, KeyId: "alias/x" })}`);
    expect(forged.body.Code).toBe("SignatureDoesNotMatch");
    expect((await send(emulator, "POST", `/?${formText(signed)}`)).status).toBe(200);
  });

  test("may be left out of V1, as in the sample of the KMS reference", async () => {
    const params = { Action: "DescribeKey", KeyId: keyId, SignatureNonce: "" };
    for (let n = 0; n < 2; n++) expect((await call(emulator, "DescribeKey", params)).status).toBe(200);
  });

  test("that is signed but empty is a missing one in ACS3", async () => {
    const query = `KeyId=${keyId}`;
    const headers = without("authorization", signedAcs3("POST", emulator, "DescribeKey", query));
    const empty = { ...headers, "x-acs-signature-nonce": "" };
    const authorization = acs3Authorization("POST", emulator, empty, query);
    const reply = await send(emulator, "POST", `/?${query}`, { ...empty, authorization });
    expect(reply).toMatchObject({ status: 400, body: { Code: "IncompleteSignature" } });
    expect(reply.body.Message).toContain("x-acs-signature-nonce");
  });

  test("is remembered for 31 minutes, by access key", () => {
    const nonces = new Nonces();
    expect(nonces.use("a", "n", 0)).toBe(true);
    expect(nonces.use("b", "n", 0)).toBe(true);
    expect(nonces.use("a", "n", 31 * minute - 1)).toBe(false);
    expect(nonces.use("a", "n", 33 * minute)).toBe(true);
    expect(nonces.use("a", "n", 63 * minute)).toBe(false);
  });

  test("is forgotten early only where too many come, and the newest stay", () => {
    const nonces = new Nonces(100);
    for (let n = 0; n < 1000; n++) expect(nonces.use("a", `nonce ${n}`, n)).toBe(true);
    for (let n = 920; n < 1000; n++) expect(nonces.use("a", `nonce ${n}`, 1000)).toBe(false);
    expect(nonces.use("a", "nonce 0", 1000)).toBe(true);
  });
});

describe("a clock", () => {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z/, "Z");

  test.each([-16, 16])("that is %i minutes off is refused, in both schemes", async (minutes) => {
    const reply = await call(emulator, "CreateKey", { Timestamp: at(minutes) });
    expect(reply).toMatchObject({ status: 400, body: { Code: "IllegalTimestamp" } });
    const headers = {
      ...without("authorization", signedAcs3("POST", emulator, "CreateKey")),
      "x-acs-date": at(minutes),
    };
    const authorization = acs3Authorization("POST", emulator, headers);
    expect((await send(emulator, "POST", "/", { ...headers, authorization })).body.Code).toBe("IllegalTimestamp");
  });

  test.each([-14, 14])("that is %i minutes off is accepted", async (minutes) => {
    expect((await call(emulator, "DescribeKey", { KeyId: keyId, Timestamp: at(minutes) })).status).toBe(200);
  });
});

/** Requests as other official clients write them (kms-api.md, section 1), signed here. */
describe("a request as it comes from", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };

  test.each(["GET", "POST"])(
    "the older Go and Python SDKs and the CLI: V1, %s, RegionId, empty SignatureType",
    async (method) => {
      const params = { Action: "GenerateDataKey", KeyId: keyId, EncryptionContext: awkward };
      const signed = signedV1(method, emulator, { ...params, RegionId: "cn-hangzhou", SignatureType: "" });
      const query = new URLSearchParams(signed).toString();
      expect(query).toContain("+");
      expect((await send(emulator, method, `/?${query}`, form)).status).toBe(200);
    },
  );

  test("Terraform: V1 over common parameters in the query and the others in a form body", async () => {
    const own = { KeyId: keyId, RegionId: "cn-hangzhou", EncryptionContext: awkward };
    const signed = signedV1("POST", emulator, { Action: "GenerateDataKey", ...own });
    const query = formText(Object.fromEntries(Object.entries(signed).filter(([name]) => !(name in own))));
    expect((await send(emulator, "POST", `/?${query}`, form, new URLSearchParams(own).toString())).status).toBe(200);
  });

  test.each([
    [
      "Python",
      "POST",
      { ...form, accept: "application/json", "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11" },
    ],
    ["Python, for an action that it reads with GET", "GET", { accept: "application/json", "user-agent": "x" }],
    ["Go", "POST", { "accept-encoding": "gzip", "user-agent": "AlibabaCloud (linux; amd64) Golang/1.26" }],
    ["Java", "POST", { "x-acs-security-token": "token", "x-acs-accesskey-id": "all", accept: "application/json" }],
  ])("the newer SDK for %s: ACS3, %s, with the headers that it signs", async (_, method, more: Params) => {
    const canonical = `EncryptionContext=${encode(awkward)}&KeyId=${keyId}`;
    const sent = new URLSearchParams({ KeyId: keyId, EncryptionContext: awkward }).toString();
    const headers = { ...without("authorization", signedAcs3(method, emulator, "GenerateDataKey")), ...more };
    const authorization = acs3Authorization(method, emulator, headers, canonical);
    const reply = await send(emulator, method, `/?${sent}`, { ...headers, authorization });
    expect(reply).toMatchObject({ status: 200, body: { KeyId: keyId } });
  });
});

describe("the official client", () => {
  test("creates a key, generates a data key and opens it, with a context sent as a string", async () => {
    const client = officialClient(emulator);
    const created = await client.createKey(new CreateKeyRequest({ description: "made by the client" }));
    const context: unknown = awkward;
    const made = await client.generateDataKey(
      new GenerateDataKeyRequest({
        keyId: created.keyMetadata.keyId,
        encryptionContext: context as Record<string, string>,
      }),
    );
    const opened = await client.decrypt(
      new DecryptRequest({ ciphertextBlob: made.ciphertextBlob, encryptionContext: context as Record<string, string> }),
    );
    expect(opened.plaintext).toBe(made.plaintext);
    expect(made.keyVersionId).toBe(created.keyMetadata.primaryKeyVersion);
  });

  test("hears of a context that it flattened, instead of getting an unbound data key", async () => {
    const request = new GenerateDataKeyRequest({ keyId, encryptionContext: { Example: "x" } });
    const failure = await officialClient(emulator)
      .generateDataKey(request)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ data: { Code: "InvalidParameter" } });
  });

  test("sees code, message and request ID of an error", async () => {
    const request = new GenerateDataKeyRequest({ keyId: "alias/none" });
    const failure = await officialClient(emulator)
      .generateDataKey(request)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      data: {
        HttpStatus: 404,
        Code: "Forbidden.AliasNotFound",
        Message: "The specified Alias is not found.",
        RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      },
    });
  });
});

test("the encoding used by these tests leaves only unreserved characters", () => {
  expect(encode("aZ9-_.~ *'()!+/é")).toBe("aZ9-_.~%20%2A%27%28%29%21%2B%2F%C3%A9");
});

import { XML } from "@darabonba/typescript";
import { startEmulator, type Emulator } from "../../emulator/emulator";
import { wantedFormat } from "../../emulator/outcome";
import { xmlElement } from "../../emulator/xml";
import { call, callOk, formText, newKey, send, sendForText, signedV1, type Params } from "./clients";

let emulator: Emulator;
let keyId: string;
beforeAll(async () => {
  emulator = await startEmulator();
  keyId = await newKey(emulator);
});
afterAll(() => emulator.close());

const ask = (params: Params) => sendForText(emulator, "POST", `/?${formText(signedV1("POST", emulator, params))}`);

describe("an answer in XML", () => {
  test.each(["XML", "xml", "Xml"])("is given for Format=%s, and says what the one in JSON says", async (Format) => {
    const json = await callOk(emulator, "DescribeKey", { KeyId: keyId });
    const { status, headers, text } = await ask({ Action: "DescribeKey", KeyId: keyId, Format });
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/xml;charset=utf-8");
    const { KMS } = XML.parseXml(text, undefined) as { KMS: Record<string, unknown> };
    expect(KMS).toEqual({ ...json, RequestId: headers["x-acs-request-id"] });
  });

  test("is asked for in a form body too", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const params = signedV1("POST", emulator, { Action: "DescribeKey", Format: "XML", KeyId: keyId });
    expect((await sendForText(emulator, "POST", "/", form, formText(params))).text).toMatch(/^<KMS><KeyMetadata>/);
  });

  test("of an error has the same root and the four fields", async () => {
    const { status, headers, text } = await ask({ Action: "DescribeKey", KeyId: "alias/none", Format: "XML" });
    expect(status).toBe(404);
    expect(text).toBe(
      "<KMS><HttpStatus>404</HttpStatus><Code>Forbidden.AliasNotFound</Code>" +
        "<Message>The specified Alias is not found.</Message>" +
        `<RequestId>${String(headers["x-acs-request-id"])}</RequestId></KMS>`,
    );
  });

  test.each([
    ["that is not signed", "/?Format=XML", "IncompleteSignature"],
    ["that cannot be parsed", "/?Format=XML&a=%zz", "ParseRequestParameterException"],
    ["with a parameter twice", "/?Format=XML&Format=XML", "ParseRequestParameterException"],
  ])("answers a request %s too", async (_, target, code) => {
    const { status, text } = await sendForText(emulator, "POST", target);
    expect(status).toBe(400);
    expect(text).toContain(`<Code>${code}</Code>`);
  });

  test("holds whatever a key's description holds", async () => {
    const Description = `<a href="x">&amp; 'é' 密 🔑\r\n\t]]>`;
    const { KeyMetadata } = await callOk(emulator, "CreateKey", { Description });
    const { text } = await ask({ Action: "DescribeKey", KeyId: KeyMetadata.KeyId, Format: "XML" });
    const parsed = XML.parseXml(text, undefined) as { KMS: { KeyMetadata: Params } };
    expect(parsed.KMS.KeyMetadata.Description).toBe(Description);
  });
});

describe("XML", () => {
  test.each([
    [
      "a list repeats its field",
      { Keys: { Key: [{ KeyId: "a" }, { KeyId: "b" }] } },
      "<Keys><Key><KeyId>a</KeyId></Key><Key><KeyId>b</KeyId></Key></Keys>",
    ],
    ["an empty list leaves its parent empty", { Keys: { Key: [] } }, "<Keys></Keys>"],
    ["numbers and booleans are text", { TotalCount: 3, Done: false }, "<TotalCount>3</TotalCount><Done>false</Done>"],
    ["what is absent stays absent", { A: undefined, B: "" }, "<B></B>"],
    ["what XML cannot hold is replaced", { A: "\u0000x\u001by\ud800" }, "<A>\ufffdx\ufffdy\ufffd</A>"],
  ])("%s", (_, value, expected) => {
    expect(xmlElement("R", value)).toBe(`<R>${expected}</R>`);
  });
});

describe("an answer in JSON", () => {
  test.each(["JSON", "json", ""])("is given for Format=%p", async (Format) => {
    expect((await call(emulator, "DescribeKey", { KeyId: keyId, Format })).body.KeyMetadata.KeyId).toBe(keyId);
  });

  test("tells that another format is none", async () => {
    const { status, body } = await call(emulator, "DescribeKey", { KeyId: keyId, Format: "YAML" });
    expect([status, body.Code]).toEqual([400, "InvalidParameter"]);
  });

  test("answers what is not signed", async () => {
    expect((await send(emulator, "POST", "/")).body.Code).toBe("IncompleteSignature");
  });
});

test("is understood percent-encoded, too", () => {
  expect(wantedFormat({ target: "/?Action=ListKeys&Format=%58%4dL", body: Buffer.alloc(0) })).toBe("XML");
  expect(wantedFormat({ target: "/?Format=%zz", body: Buffer.from("a=1&Format=x%6Dl") })).toBe("JSON");
  expect(wantedFormat({ target: "/", body: Buffer.from("a=1&Format=x%6Dl") })).toBe("XML");
});

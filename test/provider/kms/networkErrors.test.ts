import { networkFault } from "../../../provider/kms/networkErrors";

const withCode = (code: unknown) => Object.assign(new Error("https://host/?SecurityToken=x"), { code });

test.each([
  ["ECONNREFUSED", /^Nothing listens there/],
  ["ECONNRESET", /^The connection was closed before the answer/],
  ["ENOTFOUND", /^The name does not resolve: check connection\.region/],
  ["SELF_SIGNED_CERT_IN_CHAIN", /CA is not trusted: check connection\.caCertificate/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", /for another name/],
  ["EPROTO", /speaks HTTPS/],
])("recognises %s, and says what to look at", (code, advice) => {
  const fault = networkFault(withCode(code));
  expect(fault?.code).toBe(code);
  expect(fault?.advice).toMatch(advice);
  expect(fault?.advice).not.toContain("SecurityToken");
});

test("recognises the transport's timeout by its name", () => {
  const error = Object.assign(new Error("ReadTimeout: https://host"), { name: "RequestTimeoutError" });
  expect(networkFault(error)).toMatchObject({ code: "RequestTimeoutError" });
});

test.each<[string, unknown]>([
  ["an unknown code", withCode("ESOMETHING")],
  ["a name that objects inherit", withCode("constructor")],
  ["a code that is no text", withCode(7)],
  ["no code", new Error("ECONNREFUSED")],
  ["what is no error", { code: "ECONNREFUSED" }],
  ["nothing", undefined],
])("does not recognise %s", (_, error) => {
  expect(networkFault(error)).toBeUndefined();
});

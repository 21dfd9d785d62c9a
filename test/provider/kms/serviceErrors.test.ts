import { allowedCode, allowedRequestId, serviceAdvice } from "../../../provider/kms/serviceErrors";
import { CANARY } from "../canary";

describe("allowedCode", () => {
  test.each([
    "Forbidden.KeyNotFound",
    "Rejected.Throttling",
    "Throttling",
    "Throttling.User",
    "Forbidden.ProhibitedByRiskControl",
    "Some.New.Code",
  ])("lets %s through", (code) => {
    expect(allowedCode(code)).toBe(code);
  });

  test.each<unknown>([
    "",
    "undefined",
    "lowercase",
    "Has Space",
    "Has7Digits",
    "Line\nbreak",
    "Throttling\n",
    "A.B.C.D",
    ".Forbidden",
    "Forbidden.",
    "A".repeat(61),
    "Code=/+secret",
    "constructor",
    "__proto__",
    CANARY,
    Buffer.from(CANARY).toString("base64"),
    Buffer.from(CANARY).toString("hex"),
    undefined,
    null,
    7,
    {},
    ["Forbidden.KeyNotFound"],
  ])("replaces %j", (code) => {
    expect(allowedCode(code)).toBe("UnknownCode");
  });
});

describe("allowedRequestId", () => {
  test.each(["3bf02f7a-015b-4f34-be0f-c4543fda2d33", "3BF02F7A-015B-4F34-BE0F-C4543FDA2D33"])(
    "lets %s through",
    (id) => {
      expect(allowedRequestId(id)).toBe(id);
    },
  );

  test.each<unknown>([
    "",
    "undefined",
    CANARY,
    "3bf02f7a015b4f34be0fc4543fda2d33",
    "3bf02f7a-015b-4f34-be0f-c4543fda2d33 and more",
    " 3bf02f7a-015b-4f34-be0f-c4543fda2d33",
    "3bf02f7a-015b-4f34-be0f-c4543fda2d33\n",
    "gbf02f7a-015b-4f34-be0f-c4543fda2d33",
    undefined,
    7,
    ["3bf02f7a-015b-4f34-be0f-c4543fda2d33"],
  ])("drops %j", (id) => {
    expect(allowedRequestId(id)).toBeUndefined();
  });
});

describe("serviceAdvice", () => {
  test.each([
    ["Forbidden.KeyNotFound", "No such key in this account and region: check keyId and connection.region."],
    ["Rejected.Disabled", "The key is disabled: enable it or choose another."],
    ["SignatureDoesNotMatch", "The access key's secret is wrong; credentials from the source."],
    [
      "Forbidden.NoPermission",
      "The access policy does not allow this action on this key; credentials from the source.",
    ],
    ["Never.Heard", "See this code in the KMS error code list."],
    ["InvalidParameter", "See this code in the KMS error code list."],
  ])("says who must act on %s", (code, advice) => {
    expect(serviceAdvice("GenerateDataKey", code, "the source")).toBe(advice);
  });

  test("explains a refused ciphertext to whoever opens or exports one", () => {
    expect(serviceAdvice("Decrypt", "InvalidParameter", "s")).toMatch(
      /does not open .* with this encryptionContext\.$/,
    );
    expect(serviceAdvice("ExportDataKey", "InvalidParameter", "s")).toMatch(/at most 190 bytes .*, 214 /);
  });
});

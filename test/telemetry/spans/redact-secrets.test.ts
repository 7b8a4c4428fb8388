import { redactSecrets } from "../../../src/telemetry/spans/redact-secrets";

describe("redactSecrets", () => {
  test.each([
    "AccountName=a;AccountKey=s3cretvalue==;x",
    "Endpoint=sb://a/;SharedAccessKey=s3cretvalue=",
    "https://a/b?sv=1&sig=s3cretvalue%3D",
    "Authorization: Bearer s3cretvalue.and.more",
    '{"apiKey":"s3cretvalue"}',
    '{\\"password\\":\\"s3cretvalue\\"}',
    "sk-s3cretvalue1234567",
    "eyJs3cretvalue00.eyJs3cretvalue11.sig",
  ])("redacts the secret in %s", (text) => {
    expect(redactSecrets(text)).not.toContain("s3cretvalue");
    expect(redactSecrets(text)).toContain("[redacted]");
  });

  test("leaves other text unchanged", () => {
    const text = "The key findings: the secret of success is work.";
    expect(redactSecrets(text)).toBe(text);
  });
});

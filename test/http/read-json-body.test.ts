import { HttpRequest } from "@azure/functions";
import fc from "fast-check";
import { jsonErrorPosition } from "../../src/orchestrations/request/json-position";
import { maxBodyBytes, readJsonBody } from "../../src/http/read-json-body";

const post = (body: string | Uint8Array, headers = {}) =>
  readJsonBody(
    new HttpRequest({
      method: "POST",
      url: "http://localhost/api/orchestrations",
      headers,
      body: typeof body === "string" ? { string: body } : { bytes: body },
    }),
  );
const code = (expected: string) =>
  expect.objectContaining({ code: expected }) as unknown;

describe("readJsonBody", () => {
  test("reads any JSON value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), async (value) => {
        const text = JSON.stringify(value);
        expect(await post(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("accepts 1 MiB and refuses a byte more", async () => {
    const text = (bytes: number) => `"${"a".repeat(bytes - 2)}"`;
    await expect(post(text(maxBodyBytes))).resolves.toHaveLength(
      maxBodyBytes - 2,
    );
    await expect(post(text(maxBodyBytes + 1))).rejects.toEqual(
      code("payload_too_large"),
    );
  });

  test("refuses a body that declares too much without reading it", async () => {
    await expect(
      post("{}", { "content-length": String(maxBodyBytes + 1) }),
    ).rejects.toEqual(code("payload_too_large"));
  });

  test("says where the body stops being JSON", async () => {
    await expect(post('{\n  "workflow": nope\n}')).rejects.toMatchObject({
      code: "malformed_json",
      message: expect.stringContaining("(line 2, column 16)") as string,
    });
  });

  test.each(["", " \n"])("refuses an empty body: %j", async (body) => {
    await expect(post(body)).rejects.toEqual(code("invalid_request"));
  });

  test("refuses bytes that are not UTF-8", async () => {
    await expect(post(Uint8Array.of(0x22, 0xff, 0x22))).rejects.toEqual(
      code("malformed_json"),
    );
  });

  test("refuses a body nested deep enough to exhaust the stack of its readers", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    await expect(post(deep)).rejects.toEqual(code("invalid_request"));
  });
});

describe("jsonErrorPosition", () => {
  test("is where a text is cut short or a stray character stands", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        const compact = JSON.stringify([JSON.parse(text)]);
        expect(jsonErrorPosition(`${compact}#`)).toBe(compact.length);
        const cut = compact.slice(0, at % compact.length);
        expect(jsonErrorPosition(cut)).toBe(cut.length);
      }),
    );
  });
});

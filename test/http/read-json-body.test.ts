import { HttpRequest } from "@azure/functions";
import fc from "fast-check";
import { readJsonBody } from "../../src/http/read-json-body";

const maxBodyBytes = 1024 * 1024;
const read = (body: string | Uint8Array, headers = {}) =>
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
        expect(await read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("accepts 1 MiB and rejects one byte more", async () => {
    const text = (bytes: number) => `"${"a".repeat(bytes - 2)}"`;
    await expect(read(text(maxBodyBytes))).resolves.toHaveLength(
      maxBodyBytes - 2,
    );
    await expect(read(text(maxBodyBytes + 1))).rejects.toEqual(
      code("payload_too_large"),
    );
  });

  test("rejects a Content-Length over 1 MiB", async () => {
    await expect(
      read("{}", { "content-length": String(maxBodyBytes + 1) }),
    ).rejects.toEqual(code("payload_too_large"));
  });

  test("throws malformed_json with the parser's reason for text that is not JSON", async () => {
    await expect(read('{\n  "workflow": nope\n}')).rejects.toMatchObject({
      code: "malformed_json",
      message: expect.stringContaining("Unexpected token 'o'") as string,
    });
  });

  test.each(["", " \n"])("rejects the empty body %j", async (body) => {
    await expect(read(body)).rejects.toEqual(code("invalid_request"));
  });

  test("rejects bytes that are not UTF-8", async () => {
    await expect(read(Uint8Array.of(0x22, 0xff, 0x22))).rejects.toEqual(
      code("malformed_json"),
    );
  });

  test("rejects a body nested deeply enough to overflow the stack", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    await expect(read(deep)).rejects.toEqual(code("invalid_request"));
  });
});

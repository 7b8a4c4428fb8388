import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { runTool } from "../../src/tools/run-tool";
import { createCatalog } from "../../src/catalog/catalog";
import type { Json } from "../../src/domain/payload";

let root: string;
const documentsFolder = () => join(root, "documents");
const reportsFolder = () => join(root, "reports", "new");

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "aos-tools-"));
  await mkdir(join(documentsFolder(), "old"), { recursive: true });
  await writeFile(join(documentsFolder(), "b.md"), "Grüße");
  await writeFile(join(documentsFolder(), "a.txt"), "The rent is due.");
  await writeFile(join(documentsFolder(), "picture.png"), "…");
  await writeFile(join(documentsFolder(), "old", "c.txt"), "Old.");
  await writeFile(join(root, "secret.txt"), "secret");
  await symlink(join(root, "secret.txt"), join(documentsFolder(), "link.txt"));
});
afterAll(() => rm(root, { recursive: true }));

function call(name: string, input: Json, idempotencyKey = "k"): Promise<Json> {
  const { tools } = createCatalog({
    documentsFolder: documentsFolder(),
    reportsFolder: reportsFolder(),
  });
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`No tool has the name ${name}.`);
  return runTool(tool, input, idempotencyKey);
}

describe("listDocuments", () => {
  test("lists the text files of a folder with their sizes and omits symbolic links", async () => {
    expect(await call("listDocuments", {})).toEqual([
      { name: "a.txt", bytes: 16 },
      { name: "b.md", bytes: 7 },
    ]);
    expect(await call("listDocuments", { folder: "old" })).toEqual([
      { name: "old/c.txt", bytes: 4 },
    ]);
  });

  test("names a missing folder in the error", async () => {
    await expect(
      call("listDocuments", { folder: "new" }),
    ).rejects.toMatchObject({
      code: "tool_input_invalid",
      message: expect.stringContaining("no file or folder new") as string,
    });
  });
});

describe("readDocument", () => {
  test("reads a document by the name that listDocuments returns", async () => {
    expect(await call("readDocument", { name: "old/c.txt" })).toEqual({
      name: "old/c.txt",
      text: "Old.",
    });
  });

  test.each([
    "../secret.txt",
    "old/../../secret.txt",
    "/etc/passwd",
    "..\\secret.txt",
    "C:x.txt",
    "link.txt",
    "none.txt",
    "old",
    "a.txt/b.txt",
    "",
  ])("rejects %j with tool_input_invalid", async (name) => {
    await expect(call("readDocument", { name })).rejects.toMatchObject({
      code: "tool_input_invalid",
    });
  });

  test("never returns a file outside of the documents folder", async () => {
    const part = fc.constantFrom(
      "..",
      ".",
      "",
      "old",
      "secret.txt",
      "a.txt",
      "documents",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const read = call("readDocument", { name: parts.join("/") }).catch(
          () => null,
        );
        expect(JSON.stringify(await read)).not.toContain('"secret"');
      }),
      { numRuns: 50 },
    );
  });
});

describe("saveReport", () => {
  test("writes the same single file when the call is repeated or runs concurrently", async () => {
    const report = { name: "review-order:1.md", text: "Grüße" };
    const first = await call("saveReport", report);
    const again = await call("saveReport", report);
    await Promise.all(
      ["x", "x", "x", "y", "z"].map((key) => call("saveReport", report, key)),
    );
    const path = join(reportsFolder(), "review-order%3A1.md");
    expect(first).toEqual({ path, bytes: 7 });
    expect(again).toEqual(first);
    expect(await readFile(path, "utf8")).toBe("Grüße");
    expect(await readdir(reportsFolder())).toEqual(["review-order%3A1.md"]);
  });

  test("rejects names outside of the reports folder", async () => {
    for (const name of ["../a.md", "a/b.md", ".hidden", ""])
      await expect(
        call("saveReport", { name, text: "" }),
      ).rejects.toMatchObject({ code: "tool_input_invalid" });
  });
});

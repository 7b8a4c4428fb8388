import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const script = resolve("scripts/check-language.mjs");
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "aos-language-"));
  execFileSync("git", ["init", "-q", root]);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(files: Record<string, string>) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

function check(...args: string[]) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [script, "--root", root, ...args],
    { encoding: "utf8" },
  );
  return { status, lines: stdout.trim().split("\n").filter(Boolean) };
}

describe("the language check", () => {
  test("exits with 0 and prints nothing for plain text", () => {
    write({
      "docs/page.md": "In place of a retry, the host runs `post(url)` first.\n",
      "src/greet.ts": 'export const greeting = "Hello, world";\n',
    });

    expect(check()).toEqual({ status: 0, lines: [] });
  });

  test("exits with 1 and names file, line and word of a planted sentence", () => {
    write({ "docs/page.md": "# Title\n\nNobody is told.\n" });

    const { status, lines } = check();

    expect(status).toBe(1);
    expect(lines).toEqual([
      "docs/page.md:3:Nobody  (use: a concrete noun)",
      "docs/page.md:3:told  (use: report, return, name, notify)",
      "2 findings in 1 of 1 files.",
    ]);
  });

  test("finds a phrase that a comment breaks over two lines", () => {
    write({ "src/a.ts": "/**\n * Runs in a process of its\n * own.\n */\n" });

    expect(check().lines[0]).toBe(
      "src/a.ts:2:of its own  (use: its own …, a separate …)",
    );
  });

  test("finds a word inside an identifier and in a file name", () => {
    write({ "src/tell-of.ts": "export const myWorldOf = 1;\n" });

    expect(check().lines.slice(0, 2)).toEqual([
      "src/tell-of.ts:0:tell  (use: report, return, name, notify)",
      "src/tell-of.ts:1:World  (use: context, dependencies, environment)",
    ]);
  });

  test("checks only the files below the given path prefixes", () => {
    write({ "docs/a.md": "told\n", "src/b.ts": "// told\n" });

    expect(check("src/").lines).toHaveLength(2);
  });

  test("accepts a finding of the allow list, and reports an entry that matches no finding", () => {
    write({
      "docs/a.md": "A course of lectures.\n",
      "scripts/language-allow.json": JSON.stringify([
        { file: "docs/a.md", text: "course of lectures", reason: "a lecture" },
        { file: "docs/a.md", text: "no such text", reason: "outdated" },
      ]),
    });

    expect(check()).toEqual({
      status: 1,
      lines: [
        'scripts/language-allow.json: the entry for docs/a.md with the text "no such text" does not match any finding. Remove it.',
        "0 findings in 0 of 1 files.",
      ],
    });
  });
});

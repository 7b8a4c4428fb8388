import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const page = "docs/architecture.md";
const text = readFileSync(page, "utf8");
const withoutPicture = text.replace(/```mermaid[\s\S]*?```/, "");

const matches = (pattern: RegExp): readonly string[] =>
  [...withoutPicture.matchAll(pattern)].map(([, found = ""]) => found);

describe("the architecture page", () => {
  test("has a picture of the imports as they are", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["scripts/graph.mjs", "--check"],
      { encoding: "utf8" },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("names only files and folders that exist", () => {
    const named = matches(
      /`((?:src|orchestrators|activities|entities|test)(?:\/[\w./-]+)?)`/g,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("links only to pages that exist", () => {
    const links = matches(/\]\((?!https?:)([^)#]+)\)/g);
    expect(links.length).toBeGreaterThan(0);
    const missing = links.filter(
      (link) => !existsSync(join(dirname(page), link)),
    );
    expect(missing).toEqual([]);
  });
});

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { globSync } from "tinyglobby";

const pages = globSync([
  "*.md",
  "docs/**/*.md",
  "{bicep,local-cloud,examples}/**/README.md",
  "!**/node_modules/**",
]).sort();

const read = (page: string): string => readFileSync(page, "utf8");

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);

/** The anchors that GitHub gives to the headings of a page. */
const anchors = (page: string): readonly string[] =>
  matches(read(page), /^#+ (.+)$/gm).map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );

const { scripts } = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The app that the tutorial creates, file by file. */
const tutorialApp = "examples/minimal";

describe.each(pages)("%s", (page) => {
  test("links only to files and headings that exist", () => {
    const broken = matches(
      read(page),
      /\]\((?!https?:|mailto:)([^)\s]+)\)/g,
    ).filter((link) => {
      const [file = "", heading] = link.split("#");
      const target = file === "" ? page : join(dirname(page), file);
      if (!existsSync(target)) return true;
      return (
        heading !== undefined &&
        (statSync(target).isDirectory() || !anchors(target).includes(heading))
      );
    });

    expect(broken).toEqual([]);
  });

  test("names only repository files that exist", () => {
    const missing = matches(
      read(page),
      /`((?:src|orchestrators|activities|entities|test|bicep|scripts|docs|local-cloud|bench|\.github)\/[\w./-]+)`/g,
    ).filter(
      (path) => !existsSync(path) && !existsSync(join(tutorialApp, path)),
    );

    expect(missing).toEqual([]);
  });

  test("names only npm scripts that exist", () => {
    const missing = matches(
      read(page),
      /npm run (?:--silent )?([\w:]+)/g,
    ).filter((name) => !(name in scripts));

    expect(missing).toEqual([]);
  });

  test("never installs the unrelated npm package aos", () => {
    expect(read(page)).not.toMatch(
      /npm (?:install|i|add)\b[^\n]*\saos(?:\s|$)/,
    );
  });
});

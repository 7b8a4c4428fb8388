import { readFileSync } from "node:fs";
import { createCatalog } from "../../src/catalog/catalog";

const pages = ["README.md", "docs/tutorial/first-agent.md"];
const read = (path: string): string => readFileSync(path, "utf8");

describe.each(pages)("%s", (page) => {
  // `npm run types` compiles the app; test/package runs it.
  test("contains the code of the minimal example", () => {
    const code = read("examples/minimal/src/app.ts");
    expect(read(page)).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
  });

  test("starts workflows that exist", () => {
    const known = [
      "shorten",
      ...createCatalog({
        documentsFolder: "",
        reportsFolder: "",
      }).workflows.map(({ name }) => name),
    ];
    const started = [...read(page).matchAll(/"workflow":"([\w-]+)"/g)].map(
      ([, name = ""]) => name,
    );
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter((name) => !known.includes(name))).toEqual([]);
  });
});

test.each(["host.json", "tsconfig.json"])(
  "the tutorial contains %s of the minimal example",
  (file) => {
    const [, page = ""] = pages;
    expect(read(page)).toContain(
      `\`\`\`json\n${read(`examples/minimal/${file}`)}\`\`\`\n`,
    );
  },
);

import { readFileSync } from "node:fs";
import * as aos from "../../src/index";
import { createTemporaryFolder } from "../../local-cloud/test/support/cli/cloud-process";
import { createCatalog } from "../../src/catalog/catalog";
import {
  compileExamples,
  extractExamples,
  runExample,
} from "../support/docs/examples";

type AosParts = Parameters<typeof aos.createAos>[0];

describe.each([
  ["README.md", "examples/readme/app.ts"],
  ["docs/tutorial/first-agent.md", "examples/tutorial/app.ts"],
])("the app of %s", (page, path) => {
  const examples = extractExamples(readFileSync(page, "utf8"), "ts");

  test("compiles", () => {
    expect(examples.size).toBe(1);
    expect(compileExamples(examples)).toEqual([]);
  });

  test("registers a valid tool, agent and workflow", async () => {
    const created: AosParts[] = [];
    runExample(examples, path, createTemporaryFolder(), {
      "aos-durable": {
        ...aos,
        createAos: (parts: AosParts) => {
          aos.createAos(parts);
          created.push(parts);
          return { register: () => undefined };
        },
      },
    });

    expect(created).toMatchObject([
      {
        agents: [{ name: "editor" }],
        tools: [{ name: "countWords" }],
        workflows: [{ name: "shorten" }],
      },
    ]);
    const tool = created[0]?.tools[0];
    const words = await tool?.execute({ text: "one two three" } as never, {
      idempotencyKey: "key",
      signal: new AbortController().signal,
    });
    expect(words).toEqual({ words: 3 });
  });
});

test("the README and the tutorial start workflows that exist", () => {
  const known = [
    "shorten",
    ...createCatalog({ documentsFolder: "", reportsFolder: "" }).workflows.map(
      ({ name }) => name,
    ),
  ];
  const started = ["README.md", "docs/tutorial/first-agent.md"].flatMap(
    (page) =>
      [...readFileSync(page, "utf8").matchAll(/"workflow":"([\w-]+)"/g)].map(
        ([, name = ""]) => name,
      ),
  );

  expect(started.length).toBeGreaterThan(0);
  expect(started.filter((name) => !known.includes(name))).toEqual([]);
});

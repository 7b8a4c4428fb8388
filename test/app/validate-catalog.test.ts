import type { z } from "zod";
import { type Catalog, validateCatalog } from "../../src/app/validate-catalog";
import { createCatalog } from "../../src/catalog/catalog";

const sample = createCatalog({ documentsFolder: "/d", reportsFolder: "/r" });

/** The code and the lines of the error, undefined for a valid catalog. */
function describeProblems(catalog: Partial<Catalog>) {
  try {
    validateCatalog({ agents: [], tools: [], workflows: [], ...catalog });
    return undefined;
  } catch (error) {
    const { code, message } = error as Error & { readonly code: string };
    return { code, lines: message.split("\n") };
  }
}

describe("validateCatalog", () => {
  test("accepts the catalog of this repository", () => {
    expect(describeProblems(sample)).toBeUndefined();
  });

  test("accepts two versions of a workflow", () => {
    const [workflow] = sample.workflows;
    expect(
      describeProblems({
        ...sample,
        workflows: [
          ...sample.workflows,
          { ...workflow, version: "next" } as (typeof sample.workflows)[0],
        ],
      }),
    ).toBeUndefined();
  });

  test("throws one error that lists all problems with their paths", () => {
    const search = {
      name: "search",
      description: "Searches.",
      input: {} as z.ZodType,
      idempotent: true,
      execute: () => Promise.resolve(null),
    };
    const problems = describeProblems({
      tools: [search, search],
      agents: [
        { name: "writer", instructions: "Write.", tools: ["search"] },
        { name: "writer", instructions: "Write.", tools: ["search", "fetch"] },
        { name: "", instructions: "Write." },
      ],
      workflows: [
        {
          name: "w",
          version: "1",
          steps: [{ id: "a", kind: "tool", tool: "nope" }],
        },
        {
          name: "w",
          version: "1",
          steps: [
            { id: "b", kind: "agent", agent: "ghost", prompt: "p" },
            { id: "c", kind: "tool", tool: "search", needs: ["missing"] },
          ],
        },
      ],
    });
    expect(problems).toEqual({
      code: "invalid_workflow",
      lines: [
        "The app has 8 problems. Correct the agents, tools and workflows of createAos and start the app again:",
        '  /agents/1/name: "writer" is already the name of /agents/0',
        "  /agents/2/name: must not be empty",
        '  /tools/1/name: "search" is already the name of /tools/0',
        '  /agents/1/tools/1: there is no tool "fetch" for the agent "writer"; available: search',
        '  /workflows/1: version "1" of the workflow "w" is already defined in /workflows/0',
        expect.stringMatching(
          /^ {2}\/workflows\/0\/steps\/0\/tool: there is no tool "nope".*\(workflow "w"\)$/,
        ),
        expect.stringMatching(
          /^ {2}\/workflows\/1\/steps\/1\/needs\/0: there is no step "missing".*$/,
        ),
        expect.stringMatching(
          /^ {2}\/workflows\/1\/steps\/0\/agent: there is no agent "ghost".*$/,
        ),
      ],
    });
  });
});

import { type Catalog, validateCatalog } from "../../src/app/validate-catalog";
import { createCatalog } from "../../src/catalog/catalog";

const sample = createCatalog({ documentsFolder: "/d", reportsFolder: "/r" });

describe("validateCatalog", () => {
  test("accepts the catalog of this repository", () => {
    expect(() => {
      validateCatalog(sample);
    }).not.toThrow();
  });

  test("throws one error with all problems", () => {
    const broken: Catalog = {
      tools: [],
      agents: [
        { name: "reader", instructions: "Read.", tools: ["readDocument"] },
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
          steps: [{ id: "b", kind: "agent", agent: "ghost", prompt: "p" }],
        },
      ],
    };
    expect(() => {
      validateCatalog(broken);
    }).toThrow(
      /workflow w 1: defined more than once[^]*unknown tool readDocument[^]*\/steps\/0\/tool[^]*\/steps\/0\/agent/,
    );
  });
});

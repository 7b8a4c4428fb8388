import type { Catalog } from "../../src/catalog/catalog";
import { createCatalog } from "../../src/catalog/catalog";
import { validateCatalog } from "../../src/app/validate-catalog";

const shipped = createCatalog({ documentsFolder: "/d", reportsFolder: "/r" });

describe("checkCatalog", () => {
  test("accepts what ships with AOS", () => {
    expect(() => {
      validateCatalog(shipped);
    }).not.toThrow();
  });

  test("lists everything that is wrong", () => {
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
      /workflow w 1: is there more than once[^]*no tool readDocument[^]*\/steps\/0\/tool[^]*\/steps\/0\/agent/,
    );
  });
});

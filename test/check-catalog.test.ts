import type { Catalog } from "../src/catalog/catalog";
import { catalog } from "../src/catalog/catalog";
import { checkCatalog } from "../src/check-catalog";

const shipped = catalog({ documentsFolder: "/d", reportsFolder: "/r" });

describe("checkCatalog", () => {
  test("accepts what ships with AOS", () => {
    expect(() => {
      checkCatalog(shipped);
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
      checkCatalog(broken);
    }).toThrow(
      /workflow w 1: is there more than once[^]*no tool readDocument[^]*\/steps\/0\/tool[^]*\/steps\/0\/agent/,
    );
  });
});

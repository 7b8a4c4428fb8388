import { evaluateExpression } from "../../activities/evaluate-expression";
import { useAzuriteStorage } from "../support/storage/azurite-storage";
import { createScope } from "../support/activities/activity-context";

const storage = useAzuriteStorage();

const items = ["small", "x".repeat(40_000)];

/** Evaluates in a scope whose input is a reference to `items`. */
const evaluate = async (expression: string, purpose: "when" | "over") =>
  evaluateExpression({ storage })({
    orchestrationId: "o",
    stepId: "s",
    expression,
    purpose,
    scope: createScope("o", await storage().payloads.put("o", items)),
  });

describe("evaluateExpression with a stored payload", () => {
  test("returns a value inline", async () => {
    expect(await evaluate("input.size() > 1", "when")).toEqual([
      { value: true },
    ]);
  });

  test("returns one payload per item of a list, large items by reference", async () => {
    const [small, large] = await evaluate("input", "over");
    expect(small).toEqual({ value: "small" });
    expect(large).toMatchObject({ $ref: expect.any(String) as string });
    expect(large && (await storage().payloads.get(large))).toBe(items[1]);
  });

  test("throws expression_failed if a list is expected and the value is a string", async () => {
    await expect(evaluate("input[0]", "over")).rejects.toMatchObject({
      code: "expression_failed",
    });
  });
});

import fc from "fast-check";
import { toCanonicalJson } from "../../src/domain/json";
import type { Json } from "../../src/domain/payload";

const json = fc.jsonValue() as fc.Arbitrary<Json>;

/** Returns the value with the fields of every object in reverse order. */
function reverseFields(value: Json): Json {
  if (Array.isArray(value))
    return (value as readonly Json[]).map(reverseFields);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).reverse();
  return Object.fromEntries(
    fields.map(([key, field]) => [key, reverseFields(field)]),
  );
}

describe("toCanonicalJson", () => {
  test("returns the same text for objects whose fields have a different order", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(toCanonicalJson(reverseFields(value))).toBe(
          toCanonicalJson(value),
        );
      }),
    );
  });

  test("returns JSON text of the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(JSON.parse(toCanonicalJson(value))).toEqual(plain);
      }),
    );
  });
});

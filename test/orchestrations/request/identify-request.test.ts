import fc from "fast-check";
import type { Json } from "../../../src/domain/payload";
import {
  canonicalJson,
  identifyRequest,
} from "../../../src/orchestrations/request/identify-request";

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const never = () => {
  throw new Error("No id was to be made.");
};

/** The same value with the fields of every object in the opposite order. */
function reordered(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(reordered);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).reverse();
  return Object.fromEntries(
    fields.map(([key, field]) => [key, reordered(field)]),
  );
}

describe("canonicalJson", () => {
  test("is the same text however the fields are ordered", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reordered(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test("is JSON of the same value, so that different values differ", () => {
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(JSON.parse(canonicalJson(value))).toEqual(plain);
      }),
    );
  });
});

describe("identify", () => {
  const body = { workflow: "w" };

  test("takes the id that the caller chose", () => {
    const { id } = identifyRequest(
      { id: "a:1", idempotencyKey: undefined, body },
      never,
    );
    expect(id).toBe("a:1");
  });

  test("makes of any key an id that the API accepts, always the same", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (idempotencyKey) => {
        const request = { id: undefined, idempotencyKey, body };
        const { id } = identifyRequest(request, never);
        expect(id).toMatch(/^key-[0-9a-f]{32}$/);
        expect(identifyRequest(request, never).id).toBe(id);
      }),
    );
  });

  test("makes a new id when the caller chose none", () => {
    const none = { id: undefined, idempotencyKey: undefined, body };
    expect(identifyRequest(none, () => "new").id).toBe("new");
  });

  test("refuses an id and a key that differ", () => {
    expect(() =>
      identifyRequest({ id: "a", idempotencyKey: "b", body }, never),
    ).toThrow(/Idempotency-Key/);
  });
});

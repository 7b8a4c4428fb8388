import fc from "fast-check";
import type { Json } from "../../../src/domain/payload";
import {
  canonicalJson,
  identifyRequest,
} from "../../../src/orchestrations/request/identify-request";

const json = fc.jsonValue() as fc.Arbitrary<Json>;
const failIfCalled = () => {
  throw new Error("newId must not be called.");
};

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

describe("canonicalJson", () => {
  test("returns the same text for objects whose fields have a different order", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reverseFields(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test("returns JSON text of the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(JSON.parse(canonicalJson(value))).toEqual(plain);
      }),
    );
  });
});

describe("identifyRequest", () => {
  const body = { workflow: "w" };

  test("uses the id of the request", () => {
    const { id } = identifyRequest(
      { id: "a:1", idempotencyKey: undefined, body },
      failIfCalled,
    );
    expect(id).toBe("a:1");
  });

  test("derives the same valid id from the same idempotency key, for any key", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (idempotencyKey) => {
        const request = { id: undefined, idempotencyKey, body };
        const { id } = identifyRequest(request, failIfCalled);
        expect(id).toMatch(/^key-[0-9a-f]{32}$/);
        expect(identifyRequest(request, failIfCalled).id).toBe(id);
      }),
    );
  });

  test("uses a new id for a request with neither an id nor a key", () => {
    const anonymous = { id: undefined, idempotencyKey: undefined, body };
    expect(identifyRequest(anonymous, () => "new").id).toBe("new");
  });

  test("throws an error that names Idempotency-Key if id and key differ", () => {
    expect(() =>
      identifyRequest({ id: "a", idempotencyKey: "b", body }, failIfCalled),
    ).toThrow(/Idempotency-Key/);
  });
});

import fc from "fast-check";
import { identifyRequest } from "../../../src/orchestrations/request/identify-request";

const failIfCalled = () => {
  throw new Error("newId must not be called.");
};

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

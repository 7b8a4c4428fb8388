import fc from "fast-check";
import { toTextData } from "../../../durable-task/model/function-value";
import type { TypedData } from "../../../functions-host/core/extension";

/** What the library makes of a value: `fromRpcTypedData` of @azure/functions. */
function read({ string, json }: TypedData): unknown {
  if (string === undefined) return JSON.parse(json ?? "") as unknown;
  try {
    return JSON.parse(string) as unknown;
  } catch {
    return string;
  }
}

const texts = fc.oneof(
  fc.string(),
  fc.uuid(),
  fc.json(),
  fc.stringMatching(/^[ \t]?-?[0-9.eE+-]{0,6} ?$/),
  fc.constantFrom("True", "true", "nullable", " null ", "1e5", "-", "", '"'),
);

test("a text is read as if the library had been left to find out what it is", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(read(toTextData(text))).toEqual(read({ string: text }));
    }),
    { numRuns: 1000 },
  );
});

test("an id is no JSON, and reading it throws nothing", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(toTextData(id)).toEqual({ json: JSON.stringify(id) });
    }),
  );
});

import fc from "fast-check";
import { toTextData } from "../../../durable-task/model/function-value";
import type { TypedData } from "../../../functions-host/core/extension";

/** Converts like `fromRpcTypedData` of @azure/functions. */
function parseLikeLibrary({ string, json }: TypedData): unknown {
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

test("converts a text to data from which the library reads the same value as from the plain text", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(parseLikeLibrary(toTextData(text))).toEqual(
        parseLikeLibrary({ string: text }),
      );
    }),
    { numRuns: 1000 },
  );
});

test("sends a UUID as a JSON string, so that the library does not have to catch a parse error", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(toTextData(id)).toEqual({ json: JSON.stringify(id) });
    }),
  );
});

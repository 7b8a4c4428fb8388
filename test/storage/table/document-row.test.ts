import { assert, property, jsonValue, string } from "fast-check";
import {
  fromDocumentRow,
  toDocumentRow,
} from "../../../src/storage/table/document-row";

const keys = { partitionKey: "p", rowKey: "r" };

describe("a document row", () => {
  test("returns any document unchanged", () => {
    assert(
      property(jsonValue(), (document) => {
        const row = toDocumentRow(keys, document);
        // JSON has no -0.
        const expected: unknown = JSON.parse(JSON.stringify(document));
        expect(fromDocumentRow(row)).toEqual(expected);
      }),
    );
  });

  test("divides any text into columns of at most 32K ASCII characters", () => {
    assert(
      property(string({ unit: "binary", minLength: 1 }), (text) => {
        const document = text.repeat(Math.ceil(70_000 / text.length));
        const row = toDocumentRow(keys, document);
        for (const column of Object.values(row))
          expect(column).toMatch(/^[ -~]{1,32768}$/);
        expect(fromDocumentRow(row)).toBe(document);
      }),
      { numRuns: 30 },
    );
  });
});

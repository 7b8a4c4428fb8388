import { assert, property, jsonValue, string } from "fast-check";
import {
  fromDocumentRow,
  toDocumentRow,
} from "../../../src/storage/table/document-row";

const keys = { partitionKey: "p", rowKey: "r" };

describe("a document row", () => {
  test("gives back whatever document was put into it", () => {
    assert(
      property(jsonValue(), (document) => {
        const row = toDocumentRow(keys, document);
        // A table gives back strings, and JSON does not know -0.
        const wanted: unknown = JSON.parse(JSON.stringify(document));
        expect(fromDocumentRow(row)).toEqual(wanted);
      }),
    );
  });

  test("fits a column into 32K characters of ASCII, whatever the text", () => {
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

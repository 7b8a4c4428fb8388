import { readFileSync } from "node:fs";

test("the workbook has the queries of bicep/modules/queries", () => {
  const { items } = JSON.parse(
    readFileSync("bicep/modules/workbook.json", "utf8"),
  ) as {
    readonly items: readonly {
      readonly name: string;
      readonly content: { readonly query?: string };
    }[];
  };
  const shown = items.flatMap(({ name, content: { query } }) =>
    query === undefined ? [] : [{ name, query }],
  );

  expect(shown.length).toBeGreaterThan(5);
  expect(shown).toEqual(
    shown.map(({ name }) => ({
      name,
      query: readFileSync(`bicep/modules/queries/${name}.kql`, "utf8"),
    })),
  );
});

import fc from "fast-check";
import { toRoutePaths } from "../../../functions-host/http/route-template";

const paths = (template: string, prefix = "api") =>
  toRoutePaths(prefix, template).map(({ path }) => path);

describe("toRoutePaths", () => {
  test.each([
    ["items", ["/api/items"]],
    ["/items/", ["/api/items"]],
    ["items/{id}", ["/api/items/:id"]],
    ["items/{id?}", ["/api/items/:id", "/api/items"]],
    ["{a}/{b?}/{c?}", ["/api/:a/:b/:c", "/api/:a/:b", "/api/:a"]],
    ["items/{id:int}", [String.raw`/api/items/:id(^[+-]?\d+$)`]],
    ["{id:int?}", [String.raw`/api/:id(^[+-]?\d+$)`, "/api"]],
    ["at:noon", ["/api/at::noon"]],
    ["{name}.txt", ["/api/:name([^/]+?).txt"]],
    ["files/{*path}", ["/api/files/*", "/api/files"]],
    ["{**path}", ["/api/*", "/api"]],
  ])("translates %s to %j", (template, expected) => {
    expect(paths(template)).toEqual(expected);
  });

  test("names the catch-all parameter only in the path that contains it", () => {
    expect(toRoutePaths("", "files/{*path}")).toEqual([
      { path: "/files/*", catchAll: "path" },
      { path: "/files", catchAll: undefined },
    ]);
  });

  test.each([
    ["", "", "/"],
    ["", "items", "/items"],
    ["v1/beta", "items", "/v1/beta/items"],
  ])("adds the prefix %j to %j", (prefix, template, expected) => {
    expect(paths(template, prefix)).toEqual([expected]);
  });

  test("returns one more path than there are trailing optional segments", () => {
    const segment = fc.stringMatching(/^[a-z]{1,5}$/);
    const optional = fc.stringMatching(/^\{[a-z]{1,5}(:int)?\?\}$/);
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1 }),
        fc.array(optional),
        (fixed, last) => {
          const found = paths([...fixed, ...last].join("/"));
          expect(found).toHaveLength(last.length + 1);
          expect(found.at(-1)).toBe(`/api/${fixed.join("/")}`);
        },
      ),
    );
  });
});

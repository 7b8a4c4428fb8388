import fc from "fast-check";
import {
  createFunctionsRouter,
  type HttpFunction,
} from "../../../functions-host/http/functions-router";

const at = (route: string, methods = ["GET"]): HttpFunction => ({
  name: route,
  route,
  methods,
  authLevel: "anonymous",
});
const routes = [
  "items",
  "items/{id}",
  "items/{id:int}",
  "items/special",
  "letters/{word:alpha}",
  "optional/{a?}/{b?}",
  "files/{*path}",
  "time/at:noon",
  "{name}.txt",
];
const find = createFunctionsRouter(
  routes.map((route) => at(route)),
  "api",
);

describe("createFunctionsRouter", () => {
  test.each([
    ["/api/items", "items", {}],
    ["/API/Items/", "items", {}],
    ["/api/items/Abc", "items/{id}", { id: "Abc" }],
    ["/api/items/a%20b%2Fc", "items/{id}", { id: "a b/c" }],
    ["/api/items/-12", "items/{id:int}", { id: "-12" }],
    ["/api/items/SPECIAL", "items/special", {}],
    ["/api/letters/abc", "letters/{word:alpha}", { word: "abc" }],
    ["/api/optional", "optional/{a?}/{b?}", {}],
    ["/api/optional/1", "optional/{a?}/{b?}", { a: "1" }],
    ["/api/optional/1/2", "optional/{a?}/{b?}", { a: "1", b: "2" }],
    ["/api/files/a/b.txt", "files/{*path}", { path: "a/b.txt" }],
    ["/api/files", "files/{*path}", {}],
    ["/api/time/at:noon", "time/at:noon", {}],
    ["/api/notes.txt", "{name}.txt", { name: "notes" }],
  ])("routes %s to %s", (path, route, params) => {
    expect(find("GET", path)).toEqual({
      target: at(route),
      params,
    });
  });

  test.each([
    "/",
    "/items",
    "/api/letters/a1",
    "/api/unknown",
    "/api/optional/1/2/3",
    "/api/items/%zz",
  ])("finds nothing for %s", (path) => {
    expect(find("GET", path)).toBeUndefined();
  });

  test("returns undefined for a method without a function", () => {
    expect(find("POST", "/api/items")).toBeUndefined();
  });

  test("serves from the root when the prefix is empty", () => {
    const rooted = createFunctionsRouter([at("items")], "");
    expect(rooted("GET", "/items")?.target.name).toBe("items");
  });

  test("prefers the first of two functions with the same route", () => {
    const twice = createFunctionsRouter(
      [at("Same/{a}"), at("same/{b}", ["GET", "POST"])],
      "api",
    );
    expect(twice("GET", "/api/same/1")?.params).toEqual({ a: "1" });
    expect(twice("POST", "/api/same/1")?.params).toEqual({ b: "1" });
  });

  test("decodes any parameter to the text that the client encoded", () => {
    const text = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((value) => !/^[+-]?\d+$|^special$/i.test(value))
      .filter((value) => ![".", ".."].includes(value));
    fc.assert(
      fc.property(text, (id) => {
        const path = `/api/items/${encodeURIComponent(id)}`;
        expect(find("GET", path)?.params).toEqual({ id });
      }),
    );
  });
});

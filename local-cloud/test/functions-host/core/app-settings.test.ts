import { resolveAppSettings } from "../../../functions-host/core/app-settings";

test("resolveAppSettings replaces settings and lists the missing ones", () => {
  const values: Readonly<Record<string, string>> = { A: "1", "My:Queue": "q" };
  const setting = (name: string): string | undefined => values[name];
  expect(resolveAppSettings("%A%-%My:Queue%-%B%-100%", setting)).toEqual({
    text: "1-q-%B%-100%",
    missing: ["B"],
  });
});

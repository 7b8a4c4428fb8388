import { resolveAppSettings } from "../../../functions-host/core/app-settings";
import { findConnection } from "../../../functions-host/core/binding-connection";
import {
  matchAdminInvoke,
  parseAdminInput,
} from "../../../functions-host/http/admin-invoke";
import { parseTimeSpanMs } from "../../../shared/time/time-span";

const settings =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string | undefined =>
    values[name];

test("settings are put in where they are named, and those that are missing are told", () => {
  const setting = settings({ A: "1", "My:Queue": "q" });
  expect(resolveAppSettings("%A%-%My:Queue%-%B%-100%", setting)).toEqual({
    text: "1-q-%B%-100%",
    missing: ["B"],
  });
});

test.each([
  [
    { AzureWebJobsBus: "a", Bus: "b" },
    { kind: "string", value: "a" },
  ],
  [{ Bus: "b" }, { kind: "string", value: "b", setting: "Bus" }],
  [
    { Bus__host: "h", Bus__clientId: "id" },
    { kind: "identity", value: "h", setting: "Bus__host", clientId: "id" },
  ],
  [
    { Bus: "", Bus__host: "h" },
    { kind: "identity", clientId: undefined },
  ],
])("the connection Bus is found in %j", (values, expected) => {
  expect(findConnection("Bus", ["host"], settings(values))).toMatchObject(
    expected,
  );
});

test("a connection that no setting has is not found", () => {
  expect(
    findConnection("Bus", ["host"], settings({ Bu: "x" })),
  ).toBeUndefined();
});

test.each([
  ["00:00:01", 1000],
  ["1.02:03:04", 93_784_000],
  ["00:05", 300_000],
  ["00:00:00.05", 50],
  ["00:00:00.1234567", 123],
  ["5", undefined],
  ["-00:00:01", undefined],
  ["00:00:1", undefined],
])("the time span %s is %s ms", (text, expected) => {
  expect(parseTimeSpanMs(text)).toBe(expected);
});

test.each([
  ["POST", "/admin/functions/a-B_1", "a-B_1"],
  ["POST", "/ADMIN/functions/a/", "a"],
  ["GET", "/admin/functions/a", undefined],
  ["POST", "/admin/functions/a/b", undefined],
  ["POST", "/admin/functions/", undefined],
  ["POST", "/api/admin/functions/a", undefined],
])("%s %s calls %s by hand", (method, path, expected) => {
  const url = new URL(path, "http://localhost");
  expect(matchAdminInvoke({ method, url })).toBe(expected);
});

test.each([
  ["", { text: undefined }],
  ["{}", { text: undefined }],
  ['{"input":"a"}', { text: "a" }],
  ['{"input":{"b":[1]}}', { text: '{"b":[1]}' }],
  ['{"input":0}', { text: "0" }],
  ["[]", undefined],
  ["null", undefined],
  ["{", undefined],
])("the body %j gives the input %j", (body, expected) => {
  expect(parseAdminInput(Buffer.from(body))).toEqual(expected);
});

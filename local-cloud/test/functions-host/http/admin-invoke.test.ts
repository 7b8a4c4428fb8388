import {
  matchAdminInvoke,
  parseAdminInput,
} from "../../../functions-host/http/admin-invoke";

test.each([
  ["POST", "/admin/functions/a-B_1", "a-B_1"],
  ["POST", "/ADMIN/functions/a/", "a"],
  ["GET", "/admin/functions/a", undefined],
  ["POST", "/admin/functions/a/b", undefined],
  ["POST", "/admin/functions/", undefined],
  ["POST", "/api/admin/functions/a", undefined],
])("matchAdminInvoke finds in %s %s the function %s", (method, path, name) => {
  const url = new URL(path, "http://localhost");
  expect(matchAdminInvoke({ method, url })).toBe(name);
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
])("parseAdminInput parses the body %j as %j", (body, expected) => {
  expect(parseAdminInput(Buffer.from(body))).toEqual(expected);
});

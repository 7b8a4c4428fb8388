import { collectOutputBindings } from "../../../functions-host/core/output-bindings";
import { parseOutputMessages } from "../../../functions-host/core/output-messages";

const binding = (type: string) =>
  ({ type, direction: "out", name: "" }) as const;

test("parseOutputMessages returns a message for each array element that is not null", () => {
  expect(parseOutputMessages({ json: '["a",null,{"b":[1]},[2],3]' })).toEqual([
    { kind: "text", text: "a" },
    { kind: "json", text: '{"b":[1]}' },
    { kind: "json", text: "[2]" },
    { kind: "json", text: "3" },
  ]);
});

test.each([
  [{ string: "" }, [{ kind: "text", text: "" }]],
  [{ string: '["a"]' }, [{ kind: "text", text: '["a"]' }]],
  [{ int: 0 }, [{ kind: "text", text: "0" }]],
  [{ double: 1.5 }, [{ kind: "text", text: "1.5" }]],
  [{ json: '{"a": 1}' }, [{ kind: "json", text: '{"a": 1}' }]],
  [{ bytes: Buffer.of(1) }, [{ kind: "bytes", bytes: Buffer.of(1) }]],
  [{}, []],
])("parseOutputMessages returns for %j the messages %j", (value, expected) => {
  expect(parseOutputMessages(value)).toEqual(expected);
});

test("collectOutputBindings returns the bindings with a value, without the HTTP response", () => {
  const metadata = {
    name: "f",
    bindings: {
      $return: binding("queue"),
      set: binding("serviceBus"),
      unset: binding("queue"),
      input: { ...binding("queue"), direction: "in" },
    },
  } as const;
  const response = {
    returnValue: { string: "r" },
    outputData: [{ name: "set", data: { json: "1" } }],
  };
  const outputs = collectOutputBindings(metadata, response);
  expect(outputs.map(([{ name }, value]) => [name, value])).toEqual([
    ["$return", { string: "r" }],
    ["set", { json: "1" }],
  ]);
  const http = { name: "f", bindings: { $return: binding("http") } };
  expect(collectOutputBindings(http, response)).toEqual([]);
  const none = { ...metadata, bindings: { $return: binding("queue") } };
  expect(collectOutputBindings(none, { returnValue: null })).toEqual([]);
});

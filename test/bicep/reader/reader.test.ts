import { deploy } from "./deployment";
import { bicepParser, type Parse } from "./syntax";
import { readAssignments, readTemplate } from "./template";
import type { Properties, Value } from "./value";

let parse: Parse;
beforeAll(async () => {
  parse = await bicepParser();
});

/** Deploys `main.bicep` of the files. */
const deployed = (
  files: Readonly<Record<string, string>>,
  parameters: Properties = {},
) => {
  const text = (path: string) => files[path] ?? "";
  return deploy(
    { text, template: (path) => readTemplate(parse, text(path)) },
    "main.bicep",
    parameters,
  );
};
const valueOf = (expression: string): Value | undefined =>
  deployed({ "main.bicep": `output value object = ${expression}\n` }).outputs[
    "value"
  ];

describe("evaluates the expression", () => {
  test.each<readonly [string, Value]>([
    ["'a ${'b'} c'", "a b c"],
    ["'it\\'s \\${x}'", "it's ${x}"],
    ["''", ""],
    ["'$Default'", "$Default"],
    ["true || false ? 1 : 2", 1],
    ["1 == 2 && true ? 1 : 2", 2],
    ["!empty([])", false],
    ["-3", -3],
    ["{ a: 1 }.?b ?? 'none'", "none"],
    ["{ 'a-b': [1, 2] }['a-b'][1]", 2],
    ["[for (x, i) in ['a', 'b']: '${x}${i}']", ["a0", "b1"]],
    ["union({ a: 1 }, { b: 2 })", { a: 1, b: 2 }],
    ["take(toLower('ABC'), 2)", "ab"],
    ["split(replace('https://x:443', 'https://', ''), ':')[0]", "x"],
    ["[for item in items({ b: 2, a: 1 }): item.value]", [1, 2]],
    ["max(1, 3)", 3],
    ["contains(['a', 'b'], 'b')", true],
    // https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-cidr#cidrsubnet
    ["cidrSubnet('10.144.0.0/20', 24, 4)", "10.144.4.0/24"],
    ["cidrSubnet('10.0.0.0/8', 16, 255)", "10.255.0.0/16"],
  ])("%s", (expression, value) => {
    expect(valueOf(expression)).toEqual(value);
  });

  test("guid and uniqueString depend on their arguments only", () => {
    expect(valueOf("guid('a', 'b')")).toMatch(/^[0-9a-f-]{36}$/);
    expect(valueOf("guid('a', 'b')")).toBe(valueOf("guid('a', 'b')"));
    expect(valueOf("guid('a', 'b')")).not.toBe(valueOf("guid('ab')"));
    expect(valueOf("uniqueString('a')")).toMatch(/^[a-z0-9]{13}$/);
  });
});

const account = `
param names array
param on bool = true
resource accounts 'Some/accounts@2020-01-01' = [for (name, i) in names: if (on) {
  name: name
  properties: {
    index: i
  }
}]
resource role 'Some/roles@2020-01-01' = {
  scope: accounts[0]
  name: 'role'
  properties: {
    of: accounts[0].id
    endpoint: accounts[0].properties.endpoint
    index: accounts[0].properties.index
  }
}
output first string = accounts[0].name
`;

describe("a deployment", () => {
  const files = {
    "main.bicep": `
param on bool
module it 'parts/account.bicep' = if (on) {
  name: 'it'
  params: {
    names: ['a', 'b']
  }
}
output first string = on ? it!.outputs.first : ''
`,
    "parts/account.bicep": account,
  };

  test("contains the resources of its modules, with placeholders for unknown values", () => {
    const { resources, outputs } = deployed(files, { on: true });
    expect(outputs).toEqual({ first: "a" });
    expect(resources).toMatchObject([
      { path: "it.accounts[0]", name: "a", body: { properties: { index: 0 } } },
      { path: "it.accounts[1]", name: "b" },
      {
        path: "it.role",
        type: "Some/roles",
        apiVersion: "2020-01-01",
        on: "it.accounts[0]",
        body: {
          properties: {
            of: "«it.accounts[0]»",
            endpoint: "«it.accounts[0].properties.endpoint»",
            index: 0,
          },
        },
      },
    ]);
  });

  test("omits resources whose condition is false", () => {
    expect(deployed(files, { on: false })).toEqual({
      resources: [],
      outputs: { first: "" },
    });
  });

  test.each<readonly [string, Properties, RegExp]>([
    ["is missing", {}, /main\.bicep: parameter on is not given/],
    ["is unknown", { on: true, off: 1 }, /there is no parameter off/],
    ["is of another type", { on: "yes" }, /on is not of type bool: "yes"/],
  ])("rejects a parameter that %s", (_, parameters, problem) => {
    expect(() => deployed(files, parameters)).toThrow(problem);
  });
});

test("assigns decorators to the declaration that follows them", () => {
  const { parameters } = readTemplate(
    parse,
    "@secure()\n@description('A key.')\nparam key string\n\nparam name string\n",
  );
  expect([...(parameters.get("key")?.decorators.keys() ?? [])]).toEqual([
    "secure",
    "description",
  ]);
  expect(parameters.get("name")?.decorators.size).toBe(0);
});

test("reads the assignments of a parameter file", () => {
  const assignments = readAssignments(
    parse,
    "using 'main.bicep'\n\n// A comment.\nparam a = 1\nvar b = 'x'\n",
  );
  expect([...assignments.keys()]).toEqual(["a", "b"]);
});

test.each([
  ["a missing brace", "var a = {\n"],
  ["a property without a colon", "var a = {\n  b 1\n}\n"],
])("reports %s with its line", (_, text) => {
  expect(() => readTemplate(parse, text)).toThrow(
    /This is not Bicep:\nline \d/,
  );
});

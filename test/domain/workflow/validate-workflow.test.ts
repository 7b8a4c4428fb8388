import { validateWorkflow } from "../../../src/domain/workflow/validate-workflow";

const known = { agents: new Set(["reader"]), tools: new Set(["print"]) };
const findProblems = (
  definition: unknown,
): readonly (readonly [string, string])[] => {
  const checked = validateWorkflow(definition, known);
  return checked.ok
    ? []
    : checked.problems.map(
        ({ pointer, message }) => [pointer, message] as const,
      );
};
const createDefinition = (...steps: readonly object[]) => ({
  name: "w",
  version: "1",
  steps,
});
const printStep = (id: string, overrides: object = {}) => ({
  id,
  kind: "tool",
  tool: "print",
  ...overrides,
});

test("accepts a definition that uses every feature", () => {
  const definition = {
    ...createDefinition(
      printStep("list", {
        onError: { fallback: [] },
        timeout: "10m",
        retry: { maxAttempts: 4, firstDelay: "2s", backoff: 2 },
      }),
      {
        id: "read",
        kind: "map",
        over: "${steps.list.output}",
        as: "doc",
        maxParallel: 8,
        step: {
          kind: "agent",
          agent: "reader",
          prompt: "${index}: ${doc} for ${orchestration.id}",
        },
      },
      printStep("save", {
        needs: ["read"],
        when: "size(steps.read.output) > 0 && type(input) == map",
        input: { text: ["${steps.list.output}"] },
      }),
    ),
    description: "d",
    input: { type: "object" },
    output: "${steps.save.output}",
  };
  expect(validateWorkflow(definition, known)).toEqual({ ok: true, definition });
});

test("reports the problems of all steps together", () => {
  const problems = findProblems({
    name: "w",
    version: 1,
    steps: [
      { id: "a", kind: "nap" },
      printStep("b", {
        tool: "copy",
        colour: "red",
        retry: { firstDelay: "soon" },
      }),
      printStep("c", {
        needs: ["z"],
        input: { "x/y": "${steps.d.output} ${1 +}" },
      }),
      printStep("c", { tool: "copy" }),
    ],
    extra: true,
  });
  expect(problems.map(([pointer]) => pointer).sort()).toEqual([
    "/extra",
    "/steps/0/kind",
    "/steps/1/colour",
    "/steps/1/retry/firstDelay",
    "/steps/2/input/x~1y",
    "/steps/2/input/x~1y",
    "/steps/2/needs/0",
    "/steps/3/id",
    "/steps/3/tool",
    "/version",
  ]);
});

test.each([["not json"], [null], [[]], [{}], [createDefinition()]])(
  "rejects %j",
  (value) => {
    expect(findProblems(value)).not.toEqual([]);
  },
);

test.each(["a-b", "1a", "true", "in", "a.b"])(
  "rejects the step id %s, which is not a CEL identifier",
  (id) => {
    expect(findProblems(createDefinition(printStep(id)))).toEqual([
      ["/steps/0/id", expect.stringContaining(id)],
    ]);
  },
);

test("reports a cycle once, at its first step", () => {
  const definition = createDefinition(
    printStep("a", { needs: ["b"] }),
    printStep("b", { needs: ["a"] }),
    printStep("c", { needs: ["b"] }),
  );
  expect(findProblems(definition)).toEqual([
    ["/steps/0/needs", expect.stringContaining('"a"')],
  ]);
});

test("rejects references to steps that are neither direct nor indirect needs", () => {
  const text =
    "${steps.a.output}${steps.b.output}${steps.c.output}${steps.missing.output}";
  const definition = createDefinition(
    printStep("a"),
    printStep("b", { needs: [] }),
    printStep("c", { needs: ["a"], input: text }),
    printStep("d", { needs: ["c"], input: "${steps.a.output}" }),
  );
  expect(findProblems(definition).map(([, message]) => message)).toEqual([
    expect.stringContaining('"b" may still be running'),
    expect.stringContaining('"c" may still be running'),
    expect.stringContaining('no step "missing"'),
  ]);
});

test.each(["input", "steps", "index", "a-b", "null"])(
  "rejects %s as the variable of a map item",
  (as) => {
    const step = { kind: "tool", tool: "print" };
    expect(
      findProblems(
        createDefinition({ id: "m", kind: "map", over: "${input}", as, step }),
      ),
    ).toEqual([["/steps/0/as", expect.stringContaining(as)]]);
  },
);

test.each([
  [
    "a map whose over is not a single expression",
    { over: "x ${input}" },
    "/steps/0/over",
  ],
  [
    "the item variable in the condition of the map",
    { when: "doc == 1" },
    "/steps/0/when",
  ],
  [
    "an unknown agent in the item step",
    { step: { kind: "agent", agent: "x", prompt: "p" } },
    "/steps/0/step/agent",
  ],
  ["a map in a map", { step: { kind: "map" } }, "/steps/0/step/kind"],
])("rejects %s", (_case, overrides, pointer) => {
  const step = { kind: "tool", tool: "print", input: "${doc}" };
  const map = {
    id: "m",
    kind: "map",
    over: "${input}",
    as: "doc",
    step,
    ...overrides,
  };
  expect(findProblems(createDefinition(map)).map(([at]) => at)).toEqual([
    pointer,
  ]);
});

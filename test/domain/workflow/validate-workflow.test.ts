import { validateWorkflow } from "../../../src/domain/workflow/validate-workflow";

const known = { agents: new Set(["reader"]), tools: new Set(["print"]) };
const problemsOf = (
  definition: unknown,
): readonly (readonly [string, string])[] => {
  const checked = validateWorkflow(definition, known);
  return checked.ok
    ? []
    : checked.problems.map(
        ({ pointer, message }) => [pointer, message] as const,
      );
};
const withSteps = (...steps: readonly object[]) => ({
  name: "w",
  version: "1",
  steps,
});
const print = (id: string, more: object = {}) => ({
  id,
  kind: "tool",
  tool: "print",
  ...more,
});

test("accepts a definition that uses every feature", () => {
  const definition = {
    ...withSteps(
      print("list", {
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
      print("save", {
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
  const problems = problemsOf({
    name: "w",
    version: 1,
    steps: [
      { id: "a", kind: "nap" },
      print("b", {
        tool: "copy",
        colour: "red",
        retry: { firstDelay: "soon" },
      }),
      print("c", {
        needs: ["z"],
        input: { "x/y": "${steps.d.output} ${1 +}" },
      }),
      print("c", { tool: "copy" }),
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

test.each([["not json"], [null], [[]], [{}], [withSteps()]])(
  "refuses %j",
  (value) => {
    expect(problemsOf(value)).not.toEqual([]);
  },
);

test.each(["a-b", "1a", "true", "in", "a.b"])(
  "refuses the id %s, which expressions cannot use",
  (id) => {
    expect(problemsOf(withSteps(print(id)))).toEqual([
      ["/steps/0/id", expect.stringContaining(id)],
    ]);
  },
);

test("reports a cycle once", () => {
  const definition = withSteps(
    print("a", { needs: ["b"] }),
    print("b", { needs: ["a"] }),
    print("c", { needs: ["b"] }),
  );
  expect(problemsOf(definition)).toEqual([
    ["/steps/0/needs", expect.stringContaining('"a"')],
  ]);
});

test("refuses references to steps that are neither direct nor indirect needs", () => {
  const text =
    "${steps.a.output}${steps.b.output}${steps.c.output}${steps.nope.output}";
  const definition = withSteps(
    print("a"),
    print("b", { needs: [] }),
    print("c", { needs: ["a"], input: text }),
    print("d", { needs: ["c"], input: "${steps.a.output}" }),
  );
  expect(problemsOf(definition).map(([, message]) => message)).toEqual([
    expect.stringContaining('"b" may still be running'),
    expect.stringContaining('"c" may still be running'),
    expect.stringContaining('no step "nope"'),
  ]);
});

test.each(["input", "steps", "index", "a-b", "null"])(
  "refuses %s as the variable of a map item",
  (as) => {
    const step = { kind: "tool", tool: "print" };
    expect(
      problemsOf(
        withSteps({ id: "m", kind: "map", over: "${input}", as, step }),
      ),
    ).toEqual([["/steps/0/as", expect.stringContaining(as)]]);
  },
);

test.each([
  [
    "an over that is not one expression",
    { over: "x ${input}" },
    "/steps/0/over",
  ],
  [
    "the item variable outside of the item",
    { when: "doc == 1" },
    "/steps/0/when",
  ],
  [
    "an unknown agent in the item step",
    { step: { kind: "agent", agent: "x", prompt: "p" } },
    "/steps/0/step/agent",
  ],
  ["a map in a map", { step: { kind: "map" } }, "/steps/0/step/kind"],
])("refuses %s", (_case, more, pointer) => {
  const step = { kind: "tool", tool: "print", input: "${doc}" };
  const map = {
    id: "m",
    kind: "map",
    over: "${input}",
    as: "doc",
    step,
    ...more,
  };
  expect(problemsOf(withSteps(map)).map(([at]) => at)).toEqual([pointer]);
});

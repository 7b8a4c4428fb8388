import { edgesOf } from "./check-graph";
import { parseExpression } from "./expression";
import { scopeRoots, typeNames } from "./identifier";
import { reachable } from "./needs";
import type { Json } from "./payload";
import type { References } from "./references";
import { partsOf, soleExpression, textsOf } from "./template";
import type { Problem, StepNode } from "./workflow-problem";
import type { MapStep, StepDefinition } from "./workflow";

/** What an expression at some place may name. */
interface Visible {
  readonly variables: readonly string[];
  readonly upstream: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
}

/** Every expression parses and names only what has a value by the time it is evaluated. */
export function checkExpressions(
  nodes: readonly StepNode[],
  output: Json | undefined,
): readonly Problem[] {
  const all = new Set(
    nodes.flatMap(({ id }) => (id === undefined ? [] : [id])),
  );
  const edges = edgesOf(nodes);
  return [
    ...nodes.flatMap(({ step, pointer }) =>
      step === undefined
        ? []
        : stepProblems(step, pointer, {
            variables: [],
            upstream: reachable(step.id, edges),
            all,
          }),
    ),
    ...templateProblems(output ?? null, "/output", {
      variables: [],
      upstream: all,
      all,
    }),
  ];
}

function stepProblems(
  step: StepDefinition,
  pointer: string,
  visible: Visible,
): readonly Problem[] {
  const when =
    step.when === undefined
      ? []
      : expressionProblems(step.when, `${pointer}/when`, visible);
  if (step.kind !== "map")
    return [...when, ...workProblems(step, pointer, visible)];
  return [
    ...when,
    ...overProblems(step, `${pointer}/over`, visible),
    ...workProblems(step.step, `${pointer}/step`, {
      ...visible,
      variables: [step.as, "index"],
    }),
  ];
}

const workProblems = (
  work: Exclude<StepDefinition, MapStep> | MapStep["step"],
  pointer: string,
  visible: Visible,
): readonly Problem[] =>
  work.kind === "agent"
    ? templateProblems(work.prompt, `${pointer}/prompt`, visible)
    : templateProblems(work.input ?? null, `${pointer}/input`, visible);

function overProblems(
  { over }: MapStep,
  pointer: string,
  visible: Visible,
): readonly Problem[] {
  const problems = templateProblems(over, pointer, visible);
  if (problems.length > 0 || soleExpression(over) !== undefined)
    return problems;
  return [
    {
      pointer,
      message:
        "must be one expression that gives a list, for example ${input.documents}",
    },
  ];
}

const templateProblems = (
  template: Json,
  base: string,
  visible: Visible,
): readonly Problem[] =>
  textsOf(template, base).flatMap(({ pointer, text }) =>
    orProblem(pointer, () =>
      partsOf(text)
        .filter(({ kind }) => kind === "expression")
        .flatMap((part) => expressionProblems(part.text, pointer, visible)),
    ),
  );

const expressionProblems = (
  text: string,
  pointer: string,
  visible: Visible,
): readonly Problem[] =>
  orProblem(pointer, () => {
    const { references } = parseExpression(text);
    return [
      ...rootProblems(references, visible),
      ...stepReferenceProblems(references, visible),
    ].map((message) => ({ pointer, message: `in "${text}": ${message}` }));
  });

function orProblem(
  pointer: string,
  check: () => readonly Problem[],
): readonly Problem[] {
  try {
    return check();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return [{ pointer, message }];
  }
}

function rootProblems(
  { roots }: References,
  { variables }: Visible,
): readonly string[] {
  const allowed = [...scopeRoots, ...variables];
  return [...roots]
    .filter((root) => !allowed.includes(root) && !typeNames.has(root))
    .map((root) => `"${root}" is unknown; there is: ${allowed.join(", ")}`);
}

const stepReferenceProblems = (
  { steps }: References,
  { upstream, all }: Visible,
): readonly string[] =>
  [...steps]
    .filter((id) => !upstream.has(id))
    .map((id) =>
      all.has(id)
        ? `step "${id}" need not have settled by then; add it to needs`
        : `there is no step "${id}"`,
    );

import { stepEdges } from "./check-graph";
import { compileExpression } from "../expression/compile-expression";
import { scopeRoots, celTypeNames } from "../expression/identifiers";
import { reachableFrom } from "./step-needs";
import type { Json } from "../payload";
import type { ExpressionReferences } from "../expression/find-references";
import {
  parseTemplate,
  soleExpression,
  templateStrings,
} from "../expression/template";
import type { WorkflowProblem, StepNode } from "./workflow-problem";
import type { MapStep, StepDefinition } from "./workflow-definition";

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
): readonly WorkflowProblem[] {
  const all = new Set(
    nodes.flatMap(({ id }) => (id === undefined ? [] : [id])),
  );
  const edges = stepEdges(nodes);
  return [
    ...nodes.flatMap(({ step, pointer }) =>
      step === undefined
        ? []
        : stepProblems(step, pointer, {
            variables: [],
            upstream: reachableFrom(step.id, edges),
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
): readonly WorkflowProblem[] {
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
): readonly WorkflowProblem[] =>
  work.kind === "agent"
    ? templateProblems(work.prompt, `${pointer}/prompt`, visible)
    : templateProblems(work.input ?? null, `${pointer}/input`, visible);

function overProblems(
  { over }: MapStep,
  pointer: string,
  visible: Visible,
): readonly WorkflowProblem[] {
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
): readonly WorkflowProblem[] =>
  templateStrings(template, base).flatMap(({ pointer, text }) =>
    orProblem(pointer, () =>
      parseTemplate(text)
        .filter(({ kind }) => kind === "expression")
        .flatMap((part) => expressionProblems(part.text, pointer, visible)),
    ),
  );

const expressionProblems = (
  text: string,
  pointer: string,
  visible: Visible,
): readonly WorkflowProblem[] =>
  orProblem(pointer, () => {
    const { references } = compileExpression(text);
    return [
      ...rootProblems(references, visible),
      ...stepReferenceProblems(references, visible),
    ].map((message) => ({ pointer, message: `in "${text}": ${message}` }));
  });

function orProblem(
  pointer: string,
  check: () => readonly WorkflowProblem[],
): readonly WorkflowProblem[] {
  try {
    return check();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return [{ pointer, message }];
  }
}

function rootProblems(
  { roots }: ExpressionReferences,
  { variables }: Visible,
): readonly string[] {
  const allowed = [...scopeRoots, ...variables];
  return [...roots]
    .filter((root) => !allowed.includes(root) && !celTypeNames.has(root))
    .map((root) => `"${root}" is unknown; there is: ${allowed.join(", ")}`);
}

const stepReferenceProblems = (
  { steps }: ExpressionReferences,
  { upstream, all }: Visible,
): readonly string[] =>
  [...steps]
    .filter((id) => !upstream.has(id))
    .map((id) =>
      all.has(id)
        ? `step "${id}" need not have settled by then; add it to needs`
        : `there is no step "${id}"`,
    );

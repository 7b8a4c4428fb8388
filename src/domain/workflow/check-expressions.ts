import { compileExpression } from "../expression/compile-expression";
import type { ExpressionReferences } from "../expression/find-references";
import { celTypeNames, scopeRoots } from "../expression/identifiers";
import {
  parseTemplate,
  soleExpression,
  templateStrings,
} from "../expression/template";
import { toErrorMessage } from "../errors";
import type { Json } from "../payload";
import { stepEdges } from "./check-graph";
import { reachableFrom } from "./step-needs";
import type {
  MapStep,
  StepDefinition,
  WorkDefinition,
} from "./workflow-definition";
import type { StepNode, WorkflowProblem } from "./workflow-problem";

/** The names that an expression may use. */
interface VisibleNames {
  readonly variables: readonly string[];
  readonly upstream: ReadonlySet<string>;
  readonly allSteps: ReadonlySet<string>;
}

/** Checks that every expression parses and uses only values that exist when it is evaluated. */
export function checkExpressions(
  nodes: readonly StepNode[],
  output: Json | undefined,
): readonly WorkflowProblem[] {
  const allSteps = new Set(
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
            allSteps,
          }),
    ),
    ...templateProblems(output ?? null, "/output", {
      variables: [],
      upstream: allSteps,
      allSteps,
    }),
  ];
}

function stepProblems(
  step: StepDefinition,
  pointer: string,
  visible: VisibleNames,
): readonly WorkflowProblem[] {
  const whenProblems =
    step.when === undefined
      ? []
      : expressionProblems(step.when, `${pointer}/when`, visible);
  if (step.kind !== "map")
    return [...whenProblems, ...workProblems(step, pointer, visible)];
  return [
    ...whenProblems,
    ...overProblems(step, `${pointer}/over`, visible),
    ...workProblems(step.step, `${pointer}/step`, {
      ...visible,
      variables: [step.as, "index"],
    }),
  ];
}

const workProblems = (
  work: WorkDefinition,
  pointer: string,
  visible: VisibleNames,
): readonly WorkflowProblem[] =>
  work.kind === "agent"
    ? templateProblems(work.prompt, `${pointer}/prompt`, visible)
    : templateProblems(work.input ?? null, `${pointer}/input`, visible);

function overProblems(
  { over }: MapStep,
  pointer: string,
  visible: VisibleNames,
): readonly WorkflowProblem[] {
  const problems = templateProblems(over, pointer, visible);
  if (problems.length > 0 || soleExpression(over) !== undefined)
    return problems;
  return [
    {
      pointer,
      message:
        "must be one expression that returns a list, for example ${input.documents}",
    },
  ];
}

const templateProblems = (
  template: Json,
  base: string,
  visible: VisibleNames,
): readonly WorkflowProblem[] =>
  templateStrings(template, base).flatMap(({ pointer, text }) =>
    catchProblem(pointer, () =>
      parseTemplate(text)
        .filter(({ kind }) => kind === "expression")
        .flatMap((part) => expressionProblems(part.text, pointer, visible)),
    ),
  );

const expressionProblems = (
  text: string,
  pointer: string,
  visible: VisibleNames,
): readonly WorkflowProblem[] =>
  catchProblem(pointer, () => {
    const { references } = compileExpression(text);
    return [
      ...rootProblems(references, visible),
      ...stepReferenceProblems(references, visible),
    ].map((message) => ({ pointer, message: `in "${text}": ${message}` }));
  });

function catchProblem(
  pointer: string,
  check: () => readonly WorkflowProblem[],
): readonly WorkflowProblem[] {
  try {
    return check();
  } catch (thrown) {
    return [{ pointer, message: toErrorMessage(thrown) }];
  }
}

function rootProblems(
  { roots }: ExpressionReferences,
  { variables }: VisibleNames,
): readonly string[] {
  const allowed = [...scopeRoots, ...variables];
  return [...roots]
    .filter((root) => !allowed.includes(root) && !celTypeNames.has(root))
    .map((root) => `"${root}" is unknown; available: ${allowed.join(", ")}`);
}

const stepReferenceProblems = (
  { steps }: ExpressionReferences,
  { upstream, allSteps }: VisibleNames,
): readonly string[] =>
  [...steps]
    .filter((id) => !upstream.has(id))
    .map((id) =>
      allSteps.has(id)
        ? `step "${id}" may still be running; add it to needs`
        : `there is no step "${id}"`,
    );

import { isCelIdentifier, scopeRoots } from "../expression/identifiers";
import { reachableFrom } from "./step-needs";
import type { StepDefinition, WorkDefinition } from "./workflow-definition";
import type {
  CatalogNames,
  StepNode,
  WorkflowProblem,
} from "./workflow-problem";

/** Checks step ids, `needs`, cycles, and the names of agents, tools and map items. */
export const checkGraph = (
  nodes: readonly StepNode[],
  known: CatalogNames,
): readonly WorkflowProblem[] => [
  ...nodes.flatMap((node, index) => idProblems(node, nodes.slice(0, index))),
  ...nodes.flatMap((node) => needsProblems(node, nodes)),
  ...cycleProblems(nodes),
  ...nodes.flatMap(({ step, pointer }) =>
    step === undefined
      ? []
      : [...nameProblems(step, pointer, known), ...itemProblems(step, pointer)],
  ),
];

const identifierRule =
  "must start with a letter or _, continue with letters, digits and _, and not be a reserved word of CEL";

function idProblems(
  { id, pointer }: StepNode,
  previous: readonly StepNode[],
): readonly WorkflowProblem[] {
  if (id === undefined || id === "") return [];
  const problems: WorkflowProblem[] = [];
  if (!isCelIdentifier(id))
    problems.push({
      pointer: `${pointer}/id`,
      message: `"${id}" ${identifierRule}`,
    });
  const duplicate = previous.find((each) => each.id === id);
  if (duplicate !== undefined)
    problems.push({
      pointer: `${pointer}/id`,
      message: `"${id}" is already the id of ${duplicate.pointer}`,
    });
  return problems;
}

function needsProblems(
  { step, pointer }: StepNode,
  nodes: readonly StepNode[],
): readonly WorkflowProblem[] {
  return (step?.needs ?? []).flatMap((need, index) =>
    nodes.some(({ id }) => id === need)
      ? []
      : [
          {
            pointer: `${pointer}/needs/${index}`,
            message: `there is no step "${need}"`,
          },
        ],
  );
}

/** Reports each cycle once, at its first step. */
function cycleProblems(nodes: readonly StepNode[]): readonly WorkflowProblem[] {
  const edges = stepEdges(nodes);
  const reported = new Set<string>();
  return nodes.flatMap(({ id, pointer }) => {
    if (id === undefined || reported.has(id)) return [];
    const upstream = reachableFrom(id, edges);
    if (!upstream.has(id)) return [];
    const cycle = [...upstream].filter((other) =>
      reachableFrom(other, edges).has(id),
    );
    for (const other of cycle) reported.add(other);
    const names = cycle.map((other) => `"${other}"`).join(", ");
    return [
      {
        pointer: `${pointer}/needs`,
        message: `the steps ${names} form a cycle; remove one of their needs`,
      },
    ];
  });
}

/** Uses the first of several steps with the same id; `idProblems` reports the others. */
export const stepEdges = (
  nodes: readonly StepNode[],
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    nodes
      .flatMap(({ id, needs }) =>
        id === undefined ? [] : [[id, needs] as const],
      )
      .reverse(),
  );

const nameProblems = (
  step: StepDefinition,
  pointer: string,
  known: CatalogNames,
): readonly WorkflowProblem[] =>
  step.kind === "map"
    ? workProblems(step.step, `${pointer}/step`, known)
    : workProblems(step, pointer, known);

function workProblems(
  work: WorkDefinition,
  pointer: string,
  known: CatalogNames,
): readonly WorkflowProblem[] {
  const [kind, name, names] =
    work.kind === "agent"
      ? (["agent", work.agent, known.agents] as const)
      : (["tool", work.tool, known.tools] as const);
  if (names.has(name)) return [];
  const list = [...names].join(", ") || "none";
  return [
    {
      pointer: `${pointer}/${kind}`,
      message: `there is no ${kind} "${name}"; available: ${list}`,
    },
  ];
}

function itemProblems(
  step: StepDefinition,
  pointer: string,
): readonly WorkflowProblem[] {
  if (step.kind !== "map") return [];
  const asPointer = `${pointer}/as`;
  if (scopeRoots.has(step.as) || step.as === "index")
    return [
      {
        pointer: asPointer,
        message: `"${step.as}" is a reserved name; give the item another one`,
      },
    ];
  return isCelIdentifier(step.as)
    ? []
    : [{ pointer: asPointer, message: `"${step.as}" ${identifierRule}` }];
}

import { isCelIdentifier, scopeRoots } from "../expression/identifiers";
import { reachableFrom } from "./step-needs";
import type {
  CatalogNames,
  WorkflowProblem,
  StepNode,
} from "./workflow-problem";
import type { StepDefinition } from "./workflow-definition";

/** Ids, `needs`, cycles, and the names of agents and tools. */
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
  "must begin with a letter or _, go on with letters, digits and _, and not be a word of CEL";

function idProblems(
  { id, pointer }: StepNode,
  before: readonly StepNode[],
): readonly WorkflowProblem[] {
  if (id === undefined || id === "") return [];
  const problems: WorkflowProblem[] = [];
  if (!isCelIdentifier(id))
    problems.push({
      pointer: `${pointer}/id`,
      message: `"${id}" ${identifierRule}`,
    });
  const twin = before.find((each) => each.id === id);
  if (twin !== undefined)
    problems.push({
      pointer: `${pointer}/id`,
      message: `"${id}" is the id of ${twin.pointer} already`,
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

/** One problem for each cycle, at the first of its steps. */
function cycleProblems(nodes: readonly StepNode[]): readonly WorkflowProblem[] {
  const edges = stepEdges(nodes);
  const told = new Set<string>();
  return nodes.flatMap(({ id, pointer }) => {
    if (id === undefined || told.has(id)) return [];
    const upstream = reachableFrom(id, edges);
    if (!upstream.has(id)) return [];
    const cycle = [...upstream].filter((other) =>
      reachableFrom(other, edges).has(id),
    );
    for (const other of cycle) told.add(other);
    const names = cycle.map((other) => `"${other}"`).join(", ");
    return [
      {
        pointer: `${pointer}/needs`,
        message: `the steps ${names} wait for each other; remove one of their needs`,
      },
    ];
  });
}

/** Of steps with the same id, which is a problem of its own, the first counts. */
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

function nameProblems(
  step: StepDefinition,
  pointer: string,
  known: CatalogNames,
): readonly WorkflowProblem[] {
  if (step.kind === "map")
    return workProblems(step.step, `${pointer}/step`, known);
  return workProblems(step, pointer, known);
}

type Work = Exclude<StepDefinition, { kind: "map" }> | MapWork;
type MapWork = Extract<StepDefinition, { kind: "map" }>["step"];

function workProblems(
  work: Work,
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
      message: `there is no ${kind} "${name}"; there is: ${list}`,
    },
  ];
}

function itemProblems(
  step: StepDefinition,
  pointer: string,
): readonly WorkflowProblem[] {
  if (step.kind !== "map") return [];
  const at = `${pointer}/as`;
  if (scopeRoots.has(step.as) || step.as === "index")
    return [
      {
        pointer: at,
        message: `"${step.as}" has a meaning already; give the item another name`,
      },
    ];
  return isCelIdentifier(step.as)
    ? []
    : [{ pointer: at, message: `"${step.as}" ${identifierRule}` }];
}

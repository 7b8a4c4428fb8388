import type { StepDefinition, WorkflowDefinition } from "./workflow-definition";

/** Ids of the steps that must have settled before this one: its `needs`, or else the step before it. */
export function stepNeeds(
  definition: WorkflowDefinition,
  step: StepDefinition,
): readonly string[] {
  if (step.needs !== undefined) return step.needs;
  const before = definition.steps[definition.steps.indexOf(step) - 1];
  return before === undefined ? [] : [before.id];
}

/** Ids of all steps that have settled by the time this one runs, whatever the timing. */
export function upstreamSteps(
  definition: WorkflowDefinition,
  step: StepDefinition,
): ReadonlySet<string> {
  const needs = new Map(
    definition.steps.map((each) => [each.id, stepNeeds(definition, each)]),
  );
  return reachableFrom(step.id, needs);
}

/** Everything that can be reached from `start` in one edge or more; `start` itself only when on a cycle. */
export function reachableFrom(
  start: string,
  edges: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(edges.get(start) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(edges.get(next) ?? []));
  }
  return found;
}

import type { StepDefinition, WorkflowDefinition } from "./workflow-definition";

/** Ids of the steps that must settle before this one: its `needs`, by default the preceding step. */
export function stepNeeds(
  definition: WorkflowDefinition,
  step: StepDefinition,
): readonly string[] {
  if (step.needs !== undefined) return step.needs;
  const previous = definition.steps[definition.steps.indexOf(step) - 1];
  return previous === undefined ? [] : [previous.id];
}

/** Ids of all steps that are certain to have settled when this one runs. */
export function upstreamSteps(
  definition: WorkflowDefinition,
  step: StepDefinition,
): ReadonlySet<string> {
  const needs = new Map(
    definition.steps.map((each) => [each.id, stepNeeds(definition, each)]),
  );
  return reachableFrom(step.id, needs);
}

/** The nodes that one or more edges lead to. Includes `start` only if it is on a cycle. */
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

/** Validates a workflow definition and reports all problems, each with its JSON pointer. */
import type { z } from "zod";
import { toJsonPointer } from "../json";
import { checkExpressions } from "./check-expressions";
import { checkGraph } from "./check-graph";
import type { StepDefinition, WorkflowDefinition } from "./workflow-definition";
import type {
  CatalogNames,
  StepNode,
  WorkflowProblem,
} from "./workflow-problem";
import { workflowFrameSchema, workflowStepSchema } from "./workflow-schema";

export type WorkflowValidation =
  | { readonly ok: true; readonly definition: WorkflowDefinition }
  | { readonly ok: false; readonly problems: readonly WorkflowProblem[] };

export function validateWorkflow(
  value: unknown,
  known: CatalogNames,
): WorkflowValidation {
  const frame = workflowFrameSchema.safeParse(value);
  const problems = schemaProblems(frame, "");
  const rawSteps = readSteps(value);
  const nodes = rawSteps.map((raw, index): StepNode => {
    const pointer = `/steps/${index}`;
    const parsed = workflowStepSchema.safeParse(raw);
    problems.push(...schemaProblems(parsed, pointer));
    return {
      pointer,
      id: readString(raw, "id"),
      needs: readNeeds(raw, rawSteps[index - 1]),
      // The schema transforms nothing, so the raw value has the parsed type.
      ...(parsed.success && { step: raw as StepDefinition }),
    };
  });
  problems.push(...checkGraph(nodes, known));
  const output = frame.success ? frame.data.output : undefined;
  problems.push(...checkExpressions(nodes, output));
  return problems.length === 0
    ? { ok: true, definition: value as WorkflowDefinition }
    : { ok: false, problems };
}

function schemaProblems(
  parsed: z.ZodSafeParseResult<unknown>,
  base: string,
): WorkflowProblem[] {
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => {
    const pointer = toJsonPointer(issue.path, base);
    if (issue.code !== "unrecognized_keys")
      return [{ pointer, message: issue.message }];
    return issue.keys.map((key) => ({
      pointer: toJsonPointer([key], pointer),
      message: "is not a known field; remove it or correct its name",
    }));
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readSteps(value: unknown): readonly unknown[] {
  const steps = isRecord(value) ? value["steps"] : undefined;
  return Array.isArray(steps) ? steps : [];
}

function readString(raw: unknown, name: string): string | undefined {
  const value = isRecord(raw) ? raw[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

function readNeeds(raw: unknown, previous: unknown): readonly string[] {
  const needs = isRecord(raw) ? raw["needs"] : undefined;
  if (Array.isArray(needs))
    return needs.filter((each): each is string => typeof each === "string");
  const id = readString(previous, "id");
  return id === undefined ? [] : [id];
}

/** Checks a definition as a whole and tells all problems at once, each at its JSON pointer. */
import type { z } from "zod";
import { checkExpressions } from "./check-expressions";
import { checkGraph } from "./check-graph";
import { escapePointerToken } from "../expression/template";
import type {
  CatalogNames,
  WorkflowProblem,
  StepNode,
} from "./workflow-problem";
import { workflowFrameSchema, workflowStepSchema } from "./workflow-schema";
import type { StepDefinition, WorkflowDefinition } from "./workflow-definition";

export type WorkflowValidation =
  | { readonly ok: true; readonly definition: WorkflowDefinition }
  | { readonly ok: false; readonly problems: readonly WorkflowProblem[] };

export function validateWorkflow(
  value: unknown,
  known: CatalogNames,
): WorkflowValidation {
  const frame = workflowFrameSchema.safeParse(value);
  const problems = problemsOf(frame, "");
  const rawSteps = rawStepsOf(value);
  const nodes = rawSteps.map((raw, index): StepNode => {
    const pointer = `/steps/${index}`;
    const parsed = workflowStepSchema.safeParse(raw);
    problems.push(...problemsOf(parsed, pointer));
    return {
      pointer,
      id: field(raw, "id"),
      needs: rawNeeds(raw, rawSteps[index - 1]),
      // The schema transforms nothing: what it accepts is a definition as it stands.
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

function problemsOf(
  parsed: z.ZodSafeParseResult<unknown>,
  base: string,
): WorkflowProblem[] {
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => {
    const pointer = [
      base,
      ...issue.path.map((key) => escapePointerToken(String(key))),
    ].join("/");
    if (issue.code !== "unrecognized_keys")
      return [{ pointer, message: issue.message }];
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${escapePointerToken(key)}`,
      message: "is not a field here; remove it or correct its name",
    }));
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function rawStepsOf(value: unknown): readonly unknown[] {
  const steps = isRecord(value) ? value["steps"] : undefined;
  return Array.isArray(steps) ? steps : [];
}

function field(raw: unknown, name: string): string | undefined {
  const value = isRecord(raw) ? raw[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

function rawNeeds(raw: unknown, before: unknown): readonly string[] {
  const needs = isRecord(raw) ? raw["needs"] : undefined;
  if (Array.isArray(needs))
    return needs.filter((each): each is string => typeof each === "string");
  const id = field(before, "id");
  return id === undefined ? [] : [id];
}

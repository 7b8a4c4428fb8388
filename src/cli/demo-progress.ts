/** An orchestration's status, as far as the demo shows it. */
export interface DemoProgress {
  readonly steps: readonly ProgressStep[];
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly modelCalls: number;
    readonly toolCalls: number;
  };
}
interface ProgressStep {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly items?: { readonly done: number; readonly total: number };
}

/** A line for every step that is not where it was. */
export const progressLines = (
  before: DemoProgress | undefined,
  now: DemoProgress,
): readonly string[] =>
  now.steps
    .map((step, index) => [line(before?.steps[index]), line(step)])
    .filter(([old, current]) => current !== "" && current !== old)
    .map(([, current = ""]) => current);

const marks: Readonly<Record<string, string>> = {
  running: "…",
  completed: "✓",
  failed: "✗",
  skipped: "-",
};

function line(step: ProgressStep | undefined): string {
  if (step === undefined || step.status === "pending") return "";
  const { id, kind, status, items } = step;
  const counted =
    items && items.total > 0 ? ` ${items.done}/${items.total}` : "";
  const mark = marks[status] ?? " ";
  return `  ${mark} ${id.padEnd(8)} ${kind.padEnd(6)} ${status}${counted}${took(step)}`;
}

function took({ startedAt, endedAt }: ProgressStep): string {
  if (startedAt === undefined || endedAt === undefined) return "";
  return `  ${Date.parse(endedAt) - Date.parse(startedAt)} ms`;
}

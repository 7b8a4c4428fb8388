/** The fields of an orchestration's status that the demo prints. */
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

/** A line for every step that has changed since the previous status. */
export const formatProgress = (
  previous: DemoProgress | undefined,
  current: DemoProgress,
): readonly string[] =>
  current.steps.flatMap((step, index) => {
    const line = formatStep(step);
    return line === "" || line === formatStep(previous?.steps[index])
      ? []
      : [line];
  });

const marks: Readonly<Record<string, string>> = {
  running: "…",
  completed: "✓",
  failed: "✗",
  skipped: "-",
};

function formatStep(step: ProgressStep | undefined): string {
  if (step === undefined || step.status === "pending") return "";
  const { id, kind, status, items } = step;
  const itemCount =
    items && items.total > 0 ? ` ${items.done}/${items.total}` : "";
  const mark = marks[status] ?? " ";
  return `  ${mark} ${id.padEnd(8)} ${kind.padEnd(6)} ${status}${itemCount}${formatDuration(step)}`;
}

function formatDuration({ startedAt, endedAt }: ProgressStep): string {
  if (startedAt === undefined || endedAt === undefined) return "";
  return `  ${Date.parse(endedAt) - Date.parse(startedAt)} ms`;
}

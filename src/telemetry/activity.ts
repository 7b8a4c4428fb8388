/** A span around every activity, below its turn or the request of its orchestration, and a line in the log for a failure. */
import { toFailure } from "../errors";
import { present } from "../model/present";
import { names } from "./conventions";
import { isExporting } from "./provider-state";
import { inSpanBelow } from "./span";
import { originOf } from "./trace-ids";
import { turnParent } from "./turns";

/** Where an activity belongs, read from its input. */
export interface Belonging {
  readonly orchestrationId: string;
  readonly stepId?: string;
  /** Whether it is part of a turn of an agent. */
  readonly isTurn: boolean;
  readonly traceparent?: string;
}

interface Log {
  warn(...line: unknown[]): void;
}

export async function activitySpan<Result>(
  activity: string,
  input: unknown,
  log: Log,
  work: () => Promise<Result>,
): Promise<Result> {
  const place = belongingOf(input);
  const logged = () => work().catch((thrown: unknown) => fail(thrown));
  const fail = (thrown: unknown): never => {
    log.warn(failureLine(activity, place, toFailure(thrown).code));
    throw thrown;
  };
  if (place === undefined || !isExporting()) return logged();
  const { orchestrationId, stepId, isTurn, traceparent } = place;
  return inSpanBelow(
    {
      name: activity,
      // The hub gives a repeated activity the input that it had.
      key: `activity ${activity} ${orchestrationId} ${JSON.stringify(input)}`,
      attributes: {
        [names.activity]: activity,
        ...(stepId !== undefined && { [names.step]: stepId }),
      },
    },
    isTurn && stepId !== undefined
      ? turnParent(orchestrationId, stepId, traceparent)
      : originOf(orchestrationId, traceparent),
    orchestrationId,
    logged,
  );
}

/** Ids and the code: neither prompts nor messages, which may quote them. */
export const failureLine = (
  activity: string,
  place: Belonging | undefined,
  code: string,
): string =>
  JSON.stringify({
    event: "activity.failed",
    activity,
    orchestrationId: place?.orchestrationId,
    stepId: place?.stepId,
    code,
  });

/** Inputs name their orchestration themselves, in their turn, or in what they are a call of. */
export function belongingOf(input: unknown): Belonging | undefined {
  const call = at(input, "call");
  const turn = at(input, "turn") ?? at(call, "turn");
  const place = turn ?? at(call, "step") ?? input;
  const orchestrationId = at(place, "orchestrationId");
  if (typeof orchestrationId !== "string") return undefined;
  const stepId = text(at(place, "stepId"));
  const traceparent =
    text(at(place, "traceparent")) ??
    text(at(at(place, "about"), "traceparent"));
  return {
    orchestrationId,
    isTurn: turn !== undefined,
    ...present({ stepId, traceparent }),
  };
}

const at = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null
    ? (of as Readonly<Record<string, unknown>>)[name]
    : undefined;

const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

/**
 * Decides what happens to an orchestration whose instance the task hub has ended, or no longer has
 * (docs/adr/0013-hub-failures.md). The decision is a function of the row, of the instance and of the time.
 *
 * 1. The row counts resumptions, and the instance's input contains the number of its resumption. An instance with a lower
 *    number than the row ended earlier: the holder of the claim may be starting the next one. By the rules of
 *    `claim-rules.ts` it starts within `startDeadlineMs` or not at all, and nothing else is done for `takeOverAfterMs`.
 * 2. Only a failure of the platform is resumed, at most `maxResumptions` times. For the same row and instance, one process
 *    never decides to resume and another to settle, however their clocks differ.
 * 3. Resumptions and ends are written on condition of the row's ETag, so only one of several concurrent decisions applies.
 * 4. The hub has no instance of an orchestration that is `pending`, `waiting` or about to start again: it is not lost.
 * 5. An orchestration is lost only in the task hub that runs it. Apps that share the tables but not the hub, such as a
 *    deployment slot, leave each other's orchestrations alone.
 */
import type { Failure } from "../../domain/errors";
import { isTerminalStatus } from "../../domain/history/terminal-status";
import { isPlatformFailure } from "../../domain/platform-failure";
import type { Claim } from "../../storage/ports";
import { takeOverAfterMs } from "../start/claim-rules";
import type { EndedInstance, InstanceState } from "../task-hub";

/** The end of an orchestration that could not record one itself. */
export interface HubEnd {
  readonly status: "failed" | "terminated";
  readonly error: Failure;
  /** ISO 8601. */
  readonly endedAt: string;
}

export type EndDecision =
  /** It runs, it has recorded its end, or its end is settled. */
  | { readonly kind: "none" }
  | { readonly kind: "wait" }
  | {
      readonly kind: "resume";
      readonly resumption: number;
      readonly error: Failure;
    }
  /** `end` is absent if the row contains the end already. */
  | { readonly kind: "settle"; readonly end?: HubEnd };

/** Pauses before the first and each later resumption, counted from the previous start. */
const pausesMs = [0, 60_000, 300_000];
export const maxResumptions = pausesMs.length;

type JudgedClaim = Pick<
  Claim,
  "claimedAt" | "taskHub" | "waiting" | "resumption" | "settled"
> & {
  readonly summary: Pick<Claim["summary"], "id" | "status" | "updatedAt">;
};

export function decideEnd(
  claim: JudgedClaim,
  instance: InstanceState,
  now: Date,
): EndDecision {
  if (claim.settled === true) return { kind: "none" };
  if (claim.waiting === true) return { kind: "wait" };
  if (instance.state === "absent")
    return decideAbsent(claim, instance.taskHub, now);
  return "message" in instance
    ? decideEnded(claim, instance, now)
    : { kind: "none" };
}

function decideAbsent(
  claim: JudgedClaim,
  taskHub: string,
  now: Date,
): EndDecision {
  if (claim.taskHub !== taskHub) return { kind: "none" };
  const { id, status } = claim.summary;
  // The hub removes instances some time after their end; `claim-rules.ts` decides about pending orchestrations.
  if (isTerminalStatus(status) || status === "pending") return { kind: "none" };
  if (mayHolderStart(claim, now)) return { kind: "wait" };
  const message = `The task hub no longer has orchestration "${id}", for example because it was purged. Start it again with another id.`;
  const error = { code: "orchestration_lost", message };
  return { kind: "settle", end: toEnd(claim, "failed", error, now) };
}

function decideEnded(
  claim: JudgedClaim,
  instance: EndedInstance,
  now: Date,
): EndDecision {
  if (isTerminalStatus(claim.summary.status)) return { kind: "settle" };
  const resumption = Math.max(claim.resumption ?? 0, instance.resumption);
  const error = toFailure(instance);
  if (instance.resumption < resumption)
    return mayHolderStart(claim, now)
      ? { kind: "wait" }
      : { kind: "resume", resumption, error };
  const pauseMs =
    error.code === "platform_failed" ? pausesMs[resumption] : undefined;
  if (pauseMs === undefined) {
    const endedAt = new Date(instance.endedAt);
    const end = toEnd(claim, instance.state, error, endedAt);
    return { kind: "settle", end };
  }
  return now.getTime() - Date.parse(claim.claimedAt) >= pauseMs
    ? { kind: "resume", resumption: resumption + 1, error }
    : { kind: "wait" };
}

const mayHolderStart = ({ claimedAt }: JudgedClaim, now: Date): boolean =>
  now.getTime() - Date.parse(claimedAt) < takeOverAfterMs;

function toFailure({ state, message }: EndedInstance): Failure {
  if (state === "terminated") return { code: "terminated", message };
  const code = isPlatformFailure(message)
    ? "platform_failed"
    : "internal_error";
  return { code, message };
}

/** The hub's times have no milliseconds, so they may be before the last change of the row. */
const toEnd = (
  { summary: { updatedAt } }: JudgedClaim,
  status: HubEnd["status"],
  error: Failure,
  time: Date,
): HubEnd => {
  const at = time.toISOString();
  return { status, error, endedAt: at > updatedAt ? at : updatedAt };
};

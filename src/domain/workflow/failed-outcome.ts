import type { StepCost, StepOutcome } from "../contracts";
import type { Failure } from "../errors";
import { noUsage } from "../usage";

export type FailedOutcome = Extract<StepOutcome, { status: "failed" }>;

export const failedOutcome = (
  error: Failure,
  { usage, requestedModel }: StepCost = { usage: noUsage },
): FailedOutcome => ({
  status: "failed",
  error,
  usage,
  ...(requestedModel !== undefined && { requestedModel }),
});

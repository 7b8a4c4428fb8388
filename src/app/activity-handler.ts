import type { InvocationContext } from "@azure/functions";
import type { Answer, KeyedInput } from "../domain/answers/answer";
import type { ActivityContract } from "../domain/contract";
import { toFailure } from "../domain/errors";
import { traceActivity } from "../telemetry/spans/activity-span";
import { InFlightCalls } from "./in-flight-calls";

/**
 * The activity answers with the result of the handler or with the error that it throws, so that the task hub reports a
 * failure only if it could not run the activity. Concurrent calls with the same key share one answer.
 */
export function createActivityHandler<I, O>(
  { name }: ActivityContract<I, O>,
  handler: (
    input: NoInfer<I>,
    context: InvocationContext,
  ) => Promise<NoInfer<O>>,
): (keyed: KeyedInput<I>, context: InvocationContext) => Promise<Answer<O>> {
  const calls = new InFlightCalls<Answer<O>>();
  return ({ call, input }, context) =>
    calls.join(call, async () => {
      try {
        const value = await traceActivity(name, input, context, () =>
          handler(input, context),
        );
        return { call, ok: true, value };
      } catch (thrown) {
        const failure = toFailure(thrown);
        // The host does not know of the failure, so it logs no message. Secrets are already redacted.
        context.error(failure.message);
        return { call, ok: false, failure };
      }
    });
}

import type { FinishInput } from "../src/model/contracts";
import { historyRow } from "../src/model/history-rows";
import type { Payload } from "../src/model/payload";
import { rendered } from "../src/model/scope";
import { loadScope } from "./load-scope";
import type { Services } from "./services";

/**
 * Writes how an orchestration ended. The rows come before the summary: whoever reads that it has ended finds all that
 * happened. The summary never leaves an end again, so a second run of this changes nothing.
 */
export const finishOrchestration =
  ({ storage }: Pick<Services, "storage">) =>
  async (input: FinishInput): Promise<Payload> => {
    const { orchestrationId, at, rows, usage, result } = input;
    const { history, orchestrations, payloads } = storage();
    const output = await outputOf(input, storage);
    const last =
      result.status === "completed"
        ? historyRow({
            type: "orchestration.completed",
            at,
            data: { usage: { ...usage } },
          })
        : historyRow({
            type: "orchestration.failed",
            at,
            data: { usage: { ...usage }, error: { ...result.error } },
          });
    await history.append(orchestrationId, [...rows, last]);
    const stored = await payloads.put(orchestrationId, output);
    await orchestrations.update(orchestrationId, {
      status: result.status,
      updatedAt: at,
      endedAt: at,
      usage,
      ...(result.status === "completed"
        ? { output: stored }
        : { error: result.error }),
    });
    return stored;
  };

async function outputOf({ result }: FinishInput, storage: Services["storage"]) {
  if (result.status === "failed") return null;
  const scope = await loadScope(result.scope, storage().payloads);
  return rendered(result.outputTemplate, scope);
}

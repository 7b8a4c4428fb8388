import type { Storage } from "../src/history/ports";
import type { FinishInput } from "../src/model/contracts";
import type { HistoryRow } from "../src/model/history";
import { historyRow } from "../src/model/history-rows";
import type { Payload } from "../src/model/payload";
import { renderLoaded } from "./load-scope";
import type { Services } from "./services";

/**
 * Writes the end of an orchestration: what it gave, then its history, then its summary, which is what others go by.
 * Every part has its own key, so that after a crash in between all of it is written again and comes out the same.
 */
export const finishOrchestration =
  ({ storage }: Pick<Services, "storage">) =>
  async (input: FinishInput): Promise<Payload> => {
    const { orchestrationId, at, rows, usage, result } = input;
    const { history, orchestrations, payloads } = storage();
    const output = await outputOf(input, { payloads });
    await history.append(orchestrationId, [...rows, finalRow(input)]);
    await orchestrations.update(orchestrationId, {
      status: result.status,
      updatedAt: at,
      endedAt: at,
      usage,
      ...(result.status === "completed" ? { output } : { error: result.error }),
    });
    return output;
  };

async function outputOf(
  { orchestrationId, result }: FinishInput,
  { payloads }: Pick<Storage, "payloads">,
): Promise<Payload> {
  if (result.status === "failed") return { value: null };
  const { outputTemplate, scope } = result;
  return payloads.put(
    orchestrationId,
    await renderLoaded(outputTemplate, scope, payloads),
  );
}

const finalRow = ({ at, usage, result }: FinishInput): HistoryRow =>
  historyRow({
    type:
      result.status === "completed"
        ? "orchestration.completed"
        : "orchestration.failed",
    at,
    data: {
      usage: { ...usage },
      ...(result.status === "failed" && {
        error: { code: result.error.code, message: result.error.message },
      }),
    },
  });

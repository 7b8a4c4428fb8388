/** What happens to orchestrations, as messages on the topic `agent-events`. */
import type { About } from "../model/contracts";
import type { HistoryRow, HistoryType } from "../model/history";
import { eventTopic } from "./entities";
import { derivedId } from "./message-id";
import type { OutgoingMessage } from "./ports";
import { traced } from "./response";

/** The facts that are told, with the status that an orchestration has because of them. */
const statusOf: Partial<Record<HistoryType, string>> = {
  "orchestration.started": "running",
  "orchestration.completed": "completed",
  "orchestration.failed": "failed",
};

/** A message for every row that tells of a change of the orchestration itself; `<id>:<type>` is its message id. */
export const lifecycleEvents = (
  id: string,
  rows: readonly HistoryRow[],
  about: About,
): readonly OutgoingMessage[] =>
  rows.flatMap((row) => {
    const status = statusOf[row.type];
    return status === undefined ? [] : [lifecycleEvent(id, row, status, about)];
  });

function lifecycleEvent(
  id: string,
  { type, at, data }: HistoryRow,
  status: string,
  about: About,
): OutgoingMessage {
  const { workflow, version, tags } = about;
  const error = data?.["error"];
  return {
    to: eventTopic,
    messageId: derivedId(id, type),
    correlationId: id,
    subject: type,
    body: {
      id,
      workflow,
      version,
      type,
      status,
      at,
      tags: { ...tags },
      ...(error !== undefined && { error }),
    },
    properties: {
      workflow,
      status,
      ...Object.fromEntries(
        Object.entries(tags).map(([key, value]) => [`tag.${key}`, value]),
      ),
      ...traced(about),
    },
  };
}

import { EventType } from "../../model/history-event";
import {
  createStartMessage,
  type OutgoingHubMessage,
} from "../../model/hub-message";
import {
  createPendingInstance,
  type Instance,
  isInstanceEnded,
  type NewInstance,
} from "../../model/instance";
import type { EpisodeResult } from "../../replay/episode-result";
import type { HistoryChange } from "../../store/task-hub-store";
import type { EngineContext } from "../engine-context";

/** The part of an episode's commit that starts its child orchestrations. */
export interface ChildStarts {
  readonly instances: readonly Instance[];
  readonly histories: readonly HistoryChange[];
  readonly messages: readonly OutgoingHubMessage[];
}

/**
 * A child replaces an ended instance with the same id. If an instance with the same id is running, the start fails.
 * (Azure ignores such a start, and the parent waits forever.)
 */
export function planChildStarts(
  { decisions }: EpisodeResult,
  { now }: Pick<EngineContext, "now">,
  find: (instanceId: string) => Instance | undefined,
): ChildStarts {
  const instances: Instance[] = [];
  const messages: OutgoingHubMessage[] = [];
  const startedIds = new Set<string>();
  for (const child of decisions.flatMap((decision) => decision.child ?? [])) {
    const existing = find(child.instanceId);
    if (
      startedIds.has(child.instanceId) ||
      (existing && !isInstanceEnded(existing))
    ) {
      messages.push(...createStartFailure(child));
      continue;
    }
    startedIds.add(child.instanceId);
    const instance = createPendingInstance(child, now());
    instances.push(instance);
    messages.push({
      to: instance.instanceId,
      message: createStartMessage(instance),
    });
  }
  const histories = instances.map(({ instanceId }) => ({
    instanceId,
    from: 0,
    events: [],
  }));
  return { instances, histories, messages };
}

const createStartFailure = ({
  name,
  instanceId,
  parent,
}: NewInstance): OutgoingHubMessage[] =>
  parent === null
    ? []
    : [
        {
          to: parent.instanceId,
          message: {
            executionId: parent.executionId,
            event: {
              EventType: EventType.SubOrchestrationInstanceFailed,
              TaskScheduledId: parent.taskScheduledId,
              Reason: `Sub-orchestration '${name}' was not started: an instance with the id '${instanceId}' is still running.`,
              Details: "",
              FailureDetails: null,
            },
          },
        },
      ];

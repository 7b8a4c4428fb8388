import type { EngineContext } from "../engine-context";
import { EventType } from "../../model/history-event";
import {
  isInstanceEnded,
  type Instance,
  type NewInstance,
  createPendingInstance,
} from "../../model/instance";
import {
  type OutgoingHubMessage,
  createStartMessage,
} from "../../model/hub-message";
import type { HistoryChange } from "../../store/task-hub-store";
import type { EpisodeResult } from "../../replay/episode-result";

/** What starting the children of a turn adds to its commit. */
export interface ChildStarts {
  readonly instances: readonly Instance[];
  readonly histories: readonly HistoryChange[];
  readonly messages: readonly OutgoingHubMessage[];
}

/**
 * A child takes the place of an ended instance of its id. While one of that id still runs the child cannot be, and the
 * parent is told so. (The real host drops the start without a word, and the parent waits for ever.)
 */
export function planChildStarts(
  { decisions }: EpisodeResult,
  { now }: Pick<EngineContext, "now">,
  find: (instanceId: string) => Instance | undefined,
): ChildStarts {
  const instances: Instance[] = [];
  const messages: OutgoingHubMessage[] = [];
  const taken = new Set<string>();
  for (const child of decisions.flatMap((decision) => decision.child ?? [])) {
    const existing = find(child.instanceId);
    if (
      taken.has(child.instanceId) ||
      (existing && !isInstanceEnded(existing))
    ) {
      messages.push(...refusal(child));
      continue;
    }
    taken.add(child.instanceId);
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

const refusal = ({
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

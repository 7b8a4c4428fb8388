import type { Engine } from "../engine";
import { EventType } from "../history-event";
import {
  hasEnded,
  type Instance,
  type NewInstance,
  pendingInstance,
} from "../instance";
import { type Outgoing, startMessage } from "../message";
import type { HistoryChange } from "../store/store";
import type { Turn } from "../episode/turn";

/** What starting the children of a turn adds to its commit. */
export interface ChildStarts {
  readonly instances: readonly Instance[];
  readonly histories: readonly HistoryChange[];
  readonly messages: readonly Outgoing[];
}

/**
 * A child takes the place of an ended instance of its id. While one of that id still runs the child cannot be, and the
 * parent is told so. (The real host drops the start without a word, and the parent waits for ever.)
 */
export function startChildren(
  { decisions }: Turn,
  { now }: Pick<Engine, "now">,
  find: (instanceId: string) => Instance | undefined,
): ChildStarts {
  const instances: Instance[] = [];
  const messages: Outgoing[] = [];
  const taken = new Set<string>();
  for (const child of decisions.flatMap((decision) => decision.child ?? [])) {
    const existing = find(child.instanceId);
    if (taken.has(child.instanceId) || (existing && !hasEnded(existing))) {
      messages.push(...refusal(child));
      continue;
    }
    taken.add(child.instanceId);
    const instance = pendingInstance(child, now());
    instances.push(instance);
    messages.push({ to: instance.instanceId, message: startMessage(instance) });
  }
  const histories = instances.map(({ instanceId }) => ({
    instanceId,
    from: 0,
    events: [],
  }));
  return { instances, histories, messages };
}

const refusal = ({ name, instanceId, parent }: NewInstance): Outgoing[] =>
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

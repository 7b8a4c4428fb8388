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
import type { HubCommit } from "../../store/task-hub-store";
import type { EngineContext } from "../engine-context";

/** The part of an episode's commit that starts its child orchestrations. */
export interface ChildStarts {
  readonly instances: readonly Instance[];
  readonly messages: readonly OutgoingHubMessage[];
  readonly changes: Pick<HubCommit, "emptied" | "instances" | "histories">;
  /** Ids of running instances that the children replace. */
  readonly replaced: readonly string[];
}

/**
 * A child replaces an ended instance with the same id. If an instance with the same id is running, the child replaces it only
 * with `replacesRunning`, as on Azure; otherwise the start fails.
 */
export function planChildStarts(
  { decisions }: EpisodeResult,
  { now }: Pick<EngineContext, "now">,
  find: (instanceId: string) => Instance | undefined,
  replacesRunning: boolean,
): ChildStarts {
  const instances: Instance[] = [];
  const replaced: string[] = [];
  const messages: OutgoingHubMessage[] = [];
  const startedIds = new Set<string>();
  for (const child of decisions.flatMap((decision) => decision.child ?? [])) {
    const existing = find(child.instanceId);
    const isRunning = existing !== undefined && !isInstanceEnded(existing);
    if (startedIds.has(child.instanceId) || (isRunning && !replacesRunning)) {
      messages.push(...createStartFailure(child));
      continue;
    }
    startedIds.add(child.instanceId);
    if (isRunning) replaced.push(child.instanceId);
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
  const changes = {
    instances,
    histories,
    ...(replaced.length > 0 && { emptied: replaced }),
  };
  return { instances, messages, changes, replaced };
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

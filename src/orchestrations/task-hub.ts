/** Starts and finds the instances of orchestrations. The durable client reports most states only in error messages. */
import type { DurableClient } from "durable-functions";
import {
  agentWorkflowOrchestrator,
  type WorkflowInput,
} from "../domain/contracts";
import { AosError, toErrorMessage } from "../domain/errors";
import { type Log, logEvent } from "../telemetry/log/log-event";
import { countStart } from "../telemetry/metrics/instruments";
import { withOrchestrationTrace } from "../telemetry/spans/span";

export type TaskHubClient = Pick<
  DurableClient,
  "startNew" | "getStatus" | "taskHubName"
>;

/** The origin of a start: an HTTP request, a message, the end of the previous orchestration of the session, or a timer. */
type StartSource = "http" | "message" | "session" | "sweeper";

export interface TaskHubContext {
  readonly hub: TaskHubClient;
  readonly by: StartSource;
  readonly log: Log;
}

/** An instance that the task hub ended; an orchestrator that records its end completes. */
export interface EndedInstance {
  readonly state: "failed" | "terminated";
  readonly message: string;
  readonly endedAt: string;
  /** `WorkflowInput.resumption`, 0 if the input was not requested. */
  readonly resumption: number;
}
export type InstanceState =
  | { readonly state: "active" | "suspended" | "completed" }
  | { readonly state: "absent"; readonly taskHub: string }
  | EndedInstance;

/** Does nothing if the instance is already running. */
export async function startInstance(
  input: WorkflowInput,
  { hub, by, log }: TaskHubContext,
): Promise<void> {
  const instanceId = input.orchestrationId;
  try {
    await withOrchestrationTrace(instanceId, input.traceparent, async () => {
      await hub.startNew(agentWorkflowOrchestrator.name, { instanceId, input });
    });
  } catch (cause) {
    if (/status code: 409\b/.test(toErrorMessage(cause))) return;
    throw hubUnavailable(instanceId, cause);
  }
  const workflow = input.definition.name;
  countStart(workflow, by);
  logEvent(log, "orchestration.started", {
    orchestrationId: instanceId,
    workflow,
    by,
  });
}

export async function findInstance(
  hub: TaskHubClient,
  id: string,
  showInput = false,
): Promise<InstanceState> {
  try {
    const found = await hub.getStatus(id, { showInput });
    const state = states[found.runtimeStatus] ?? "active";
    if (state !== "failed" && state !== "terminated") return { state };
    const endedAt = found.lastUpdatedTime.toISOString();
    return {
      state,
      message: readReason(found.output),
      endedAt,
      resumption: readResumption(found.input),
    };
  } catch (cause) {
    if (/HTTP 404\b/.test(toErrorMessage(cause)))
      return { state: "absent", taskHub: hub.taskHubName };
    throw hubUnavailable(id, cause);
  }
}

const states: Readonly<
  Record<string, Exclude<InstanceState["state"], "absent">>
> = {
  Suspended: "suspended",
  Completed: "completed",
  Failed: "failed",
  Canceled: "terminated",
  Terminated: "terminated",
};

/** The first line of the output, without the prefix that the hub adds. The other lines are a stack. */
function readReason(output: unknown): string {
  if (typeof output !== "string" || output.trim() === "")
    return "The orchestration ended without a reason.";
  const [first = ""] = output.trim().split("\n");
  return first.replace(/^Orchestrator function '[^']*' failed: /, "").trim();
}

function readResumption(input: unknown): number {
  if (typeof input !== "object" || input === null) return 0;
  return "resumption" in input && typeof input.resumption === "number"
    ? input.resumption
    : 0;
}

const hubUnavailable = (id: string, cause: unknown): AosError =>
  new AosError(
    "storage_unavailable",
    `The task hub could not be reached for orchestration "${id}". Try again.`,
    { cause },
  );

/** What the task hub knows of an orchestration; its client tells most things in the text of errors only. */
import type { DurableClient } from "durable-functions";
import { AosError } from "../domain/errors";
import {
  agentWorkflowOrchestrator,
  type WorkflowInput,
} from "../domain/contracts";
import { countStart } from "../telemetry/metrics/instruments";
import { type Log, logEvent } from "../telemetry/log/log-event";
import { withOrchestrationTrace } from "../telemetry/spans/span";

/** What AOS uses of the durable client. */
export type TaskHubClient = Pick<DurableClient, "startNew" | "getStatus">;

/** Who asks for a start: a request by HTTP or by message, the end of the one before in its session, or the timer. */
type Starter = "http" | "message" | "session" | "sweeper";

/** The hub, on whose behalf something is started in it, and where that is told. */
export interface TaskHubContext {
  readonly hub: TaskHubClient;
  readonly by: Starter;
  readonly log: Log;
}

export type InstanceState =
  | { readonly state: "absent" | "active" | "suspended" | "completed" }
  | {
      readonly state: "failed" | "terminated";
      readonly message: string;
      readonly endedAt: string;
    };

/** Starts the instance. One of that id that is running already is as good. */
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
    if (/status code: 409\b/.test(textOf(cause))) return;
    throw unavailable(instanceId, cause);
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
): Promise<InstanceState> {
  try {
    const found = await hub.getStatus(id, { showInput: false });
    const state = states[found.runtimeStatus] ?? "active";
    if (state !== "failed" && state !== "terminated") return { state };
    const endedAt = found.lastUpdatedTime.toISOString();
    return { state, message: reasonOf(found.output), endedAt };
  } catch (cause) {
    if (/HTTP 404\b/.test(textOf(cause))) return { state: "absent" };
    throw unavailable(id, cause);
  }
}

const states: Readonly<Record<string, InstanceState["state"]>> = {
  Suspended: "suspended",
  Completed: "completed",
  Failed: "failed",
  Canceled: "terminated",
  Terminated: "terminated",
};

/** The first line of what the hub recorded, without the hub's own words: what follows is a stack. */
function reasonOf(output: unknown): string {
  if (typeof output !== "string" || output.trim() === "")
    return "The orchestration ended without telling a reason.";
  const [first = ""] = output.trim().split("\n");
  return first.replace(/^Orchestrator function '[^']*' failed: /, "").trim();
}

const textOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

const unavailable = (id: string, cause: unknown): AosError =>
  new AosError(
    "storage_unavailable",
    `The task hub could not be asked about orchestration "${id}". Try again.`,
    { cause },
  );

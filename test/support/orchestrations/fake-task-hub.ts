import type { DurableClient } from "durable-functions";
import type { WorkflowInput } from "../../../src/domain/contracts";

interface FakeInstance {
  runtimeStatus: string;
  readonly input: unknown;
  output: unknown;
}

/** A task hub that can be made to fail. Its errors have the texts of the durable client's errors. */
export function fakeTaskHub() {
  const started: string[] = [];
  const instances = new Map<string, FakeInstance>();
  const lastUpdatedTime = new Date(0);
  const checkAvailable = (): Promise<void> => {
    hub.requests++;
    return hub.broken
      ? Promise.reject(new Error("unexpected status code: 500."))
      : Promise.resolve();
  };
  const end = (id: string, runtimeStatus: string, output: unknown): void => {
    const input = instances.get(id)?.input;
    instances.set(id, { runtimeStatus, input, output });
  };
  const hub = {
    taskHubName: "Aos",
    /** Ids of the started instances, in order. */
    started,
    /** Number of requests of the client. */
    requests: 0,
    /** Makes every operation fail. */
    broken: false,
    startNew: async (
      _name: string,
      options?: { instanceId?: string; input?: unknown },
    ) => {
      await checkAvailable();
      const { instanceId: id = "", input } = options ?? {};
      if (instances.get(id)?.runtimeStatus === "Running")
        throw new Error("unexpected status code: 409.");
      started.push(id);
      instances.set(id, { runtimeStatus: "Running", input, output: null });
      return id;
    },
    getStatus: async (id: string) => {
      await checkAvailable();
      const instance = instances.get(id);
      if (instance === undefined)
        throw new Error("replied with HTTP 404 response.");
      return { ...instance, lastUpdatedTime };
    },
    /** Pages of 100, as on Azure: each is a request. */
    getStatusBy: async ({ runtimeStatus = [] as readonly string[] }) => {
      const found = [...instances]
        .map(([instanceId, instance]) => ({ instanceId, ...instance }))
        .filter((each) => runtimeStatus.includes(each.runtimeStatus));
      for (let page = 0; page * 100 <= found.length; page++)
        await checkAvailable();
      return found;
    },
    /** Ends an instance that then cannot record its end. */
    terminate: (id: string, reason = "too expensive") => {
      end(id, "Terminated", reason);
    },
    fail: (id: string, message: string) => {
      end(
        id,
        "Failed",
        `Orchestrator function 'agentWorkflow' failed: ${message}`,
      );
    },
    complete: (id: string) => {
      end(id, "Completed", null);
    },
    purge: (id: string) => {
      instances.delete(id);
    },
    inputOf: (id: string) =>
      instances.get(id)?.input as WorkflowInput | undefined,
    get client() {
      return hub as unknown as DurableClient;
    },
  };
  return hub;
}
export type FakeTaskHub = ReturnType<typeof fakeTaskHub>;

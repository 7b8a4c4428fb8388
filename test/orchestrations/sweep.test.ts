import { randomUUID } from "node:crypto";
import type { DurableClient } from "durable-functions";
import { sweepClaims } from "../../src/orchestrations/sweep";
import { useAzuriteStorage } from "../support/storage/azurite-storage";
import { createEventLog } from "../support/telemetry/event-log";
import { fakeTaskHub } from "../support/orchestrations/fake-task-hub";
import { newWorkflowClaim } from "../support/orchestrations/workflow-claim";

const storage = useAzuriteStorage();

const nowMs = Date.parse("2026-01-01T00:00:00Z");

/** Creates a claim whose holder died before it started the orchestration. */
async function createAbandonedClaim(ageMs: number): Promise<string> {
  const id = randomUUID();
  const at = new Date(nowMs - ageMs).toISOString();
  await storage().orchestrations.claim(
    newWorkflowClaim(id, { createdAt: at, updatedAt: at }),
  );
  return id;
}

describe("sweepClaims", () => {
  test("starts claims older than 30 s once in two concurrent sweeps, and leaves younger and running ones", async () => {
    const hub = fakeTaskHub();
    const { log, events } = createEventLog();
    const context = {
      storage: storage(),
      messaging: () => undefined,
      hub: hub as unknown as DurableClient,
      now: () => new Date(nowMs),
      by: "sweeper",
      log,
    } as const;
    const old = await Promise.all(
      Array.from({ length: 5 }, () => createAbandonedClaim(31_000)),
    );
    const young = await createAbandonedClaim(29_000);
    const running = await createAbandonedClaim(60_000);
    await hub.startNew("agentWorkflow", { instanceId: running });
    await Promise.all([sweepClaims(context), sweepClaims(context)]);
    const findIds = (event: string) =>
      events
        .filter((each) => each.event === event)
        .map(({ orchestrationId }) => orchestrationId)
        .sort();
    expect(findIds("claim.left")).toEqual([]);
    expect(findIds("claim.taken_over")).toEqual([...old].sort());
    expect(findIds("orchestration.started")).toEqual([...old].sort());
    expect([...hub.started].sort()).toEqual([...old, running].sort());
    expect(hub.started).not.toContain(young);
  });

  test("logs claim.left for an orchestration that cannot be started, and starts the others", async () => {
    const hub = fakeTaskHub();
    const failing = await createAbandonedClaim(40_000);
    const startable = await createAbandonedClaim(40_000);
    const { log, events } = createEventLog();
    const context = {
      storage: storage(),
      messaging: () => undefined,
      by: "sweeper",
      log,
      hub: {
        ...hub,
        startNew: (name: string, options?: { instanceId?: string }) =>
          options?.instanceId === failing
            ? Promise.reject(new Error("unexpected status code: 500."))
            : hub.startNew(name, options),
      } as unknown as DurableClient,
      now: () => new Date(nowMs),
    } as const;
    await sweepClaims(context);
    expect(hub.started).toContain(startable);
    expect(events).toContainEqual({
      level: "warn",
      event: "claim.left",
      orchestrationId: failing,
      code: "storage_unavailable",
    });
  });
});

import { randomUUID } from "node:crypto";
import type { DurableClient } from "durable-functions";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import type { WorkflowInput } from "../../src/domain/contracts";
import type { Json } from "../../src/domain/payload";
import { sweepClaims } from "../../src/orchestrations/sweep";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import { createEventLog } from "../support/telemetry/event-log";
import { fakeTaskHub } from "../support/orchestrations/fake-task-hub";

let azurite: Azurite;
let storage: Storage;
beforeAll(async () => {
  azurite = await startAzurite();
  storage = openStorage({ connectionString: azurite.connectionString });
});
afterAll(() => azurite.stop());

const minute = Date.parse("2026-01-01T00:00:00Z");

/** A claim whose holder died before it could start anything. */
async function claimed(ageMs: number): Promise<string> {
  const id = randomUUID();
  const at = new Date(minute - ageMs).toISOString();
  const input: WorkflowInput = {
    orchestrationId: id,
    definition: { name: "w", version: "1", steps: [] },
    agents: {},
    input: { value: {} },
  };
  await storage.orchestrations.claim({
    summary: {
      id,
      workflow: "w",
      version: "1",
      status: "pending",
      tags: {},
      createdAt: at,
      updatedAt: at,
    },
    fingerprint: "f",
    start: { value: input as unknown as Json },
    claimedAt: at,
  });
  return id;
}

describe("the sweeper", () => {
  test("starts what was claimed half a minute ago and never started, once", async () => {
    const hub = fakeTaskHub();
    const { log, events } = createEventLog();
    const world = {
      storage,
      hub: hub as unknown as DurableClient,
      now: () => new Date(minute),
      by: "sweeper",
      log,
    } as const;
    const old = await Promise.all(
      Array.from({ length: 5 }, () => claimed(31_000)),
    );
    const young = await claimed(29_000);
    const running = await claimed(60_000);
    await hub.startNew("agentWorkflow", { instanceId: running });
    await Promise.all([sweepClaims(world), sweepClaims(world)]);
    const named = (event: string) =>
      events
        .filter((each) => each.event === event)
        .map(({ orchestrationId }) => orchestrationId)
        .sort();
    expect(named("claim.left")).toEqual([]);
    expect(named("claim.taken_over")).toEqual([...old].sort());
    expect(named("orchestration.started")).toEqual([...old].sort());
    expect([...hub.started].sort()).toEqual([...old, running].sort());
    expect(hub.started).not.toContain(young);
  });

  test("says what it could not start, and goes on with the others", async () => {
    const hub = fakeTaskHub();
    const bad = await claimed(40_000);
    const good = await claimed(40_000);
    const { log, events } = createEventLog();
    const world = {
      storage,
      by: "sweeper",
      log,
      hub: {
        ...hub,
        startNew: (name: string, options?: { instanceId?: string }) =>
          options?.instanceId === bad
            ? Promise.reject(new Error("unexpected status code: 500."))
            : hub.startNew(name, options),
      } as unknown as DurableClient,
      now: () => new Date(minute),
    } as const;
    await sweepClaims(world);
    expect(hub.started).toContain(good);
    expect(events).toContainEqual({
      level: "warn",
      event: "claim.left",
      orchestrationId: bad,
      code: "storage_unavailable",
    });
  });
});

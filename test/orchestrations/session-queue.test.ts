import { randomUUID } from "node:crypto";
import type { DurableClient } from "durable-functions";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import { startOnce } from "../../src/orchestrations/start/start-once";
import { startNextInSession } from "../../src/orchestrations/session-queue";
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

const began = Date.parse("2026-01-01T00:00:00Z");

/** One session of its own, with a hub and a clock to be turned by hand. */
function newSession() {
  const session = randomUUID();
  const hub = fakeTaskHub();
  const clock = { ms: began };
  const now = () => new Date(clock.ms);
  const { log, events } = createEventLog();
  const world = {
    storage,
    hub: hub as unknown as DurableClient,
    now,
    log,
    by: "message",
  } as const;
  const idOf = (n: number) => `${session}:${n}`;
  const ask = (n: number) =>
    startOnce(
      {
        identity: { id: idOf(n), fingerprint: "f" },
        request: { workflow: "w" },
        origin: {
          queuePosition: { session, position: String(n).padStart(3, "0") },
        },
      },
      {
        storage: () => storage,
        agents: new Map(),
        tools: new Set(["look"]),
        workflows: [
          {
            name: "w",
            version: "1",
            steps: [{ id: "a", kind: "tool", tool: "look" }],
          },
        ],
        now,
      },
      world,
    );
  const writeEnd = (n: number) =>
    storage.orchestrations.update(idOf(n), {
      status: "completed",
      updatedAt: now().toISOString(),
    });
  /** As the activities do at the end. */
  const end = async (n: number) => {
    await writeEnd(n);
    const queuePosition = { session, position: String(n).padStart(3, "0") };
    await storage.sessions.remove({ id: idOf(n), queuePosition });
    await startNextInSession(session, { ...world, by: "session" });
  };
  const swept = () => sweepClaims({ ...world, by: "sweeper" });
  const begun = () =>
    hub.started
      .filter((id) => id.startsWith(session))
      .map((id) => Number(id.split(":")[1]));
  return { hub, clock, ask, end, writeEnd, swept, begun, idOf, events };
}

describe("the orchestrations of a session", () => {
  test("run one at a time, in order", async () => {
    const { ask, end, begun } = newSession();
    for (const n of [1, 2, 3]) await ask(n);
    expect(begun()).toEqual([1]);
    await end(1);
    expect(begun()).toEqual([1, 2]);
    await end(2);
    await end(3);
    await ask(4);
    expect(begun()).toEqual([1, 2, 3, 4]);
  });

  test("start once, whoever sees them become the first", async () => {
    const { ask, end, begun } = newSession();
    await ask(1);
    await Promise.all([
      ...Array.from({ length: 5 }, () => ask(2)),
      ...Array.from({ length: 3 }, () => end(1)),
      ...Array.from({ length: 5 }, () => ask(2)),
    ]);
    expect(begun()).toEqual([1, 2]);
    await end(2);
    await Promise.all([ask(1), ask(2)]);
    expect(begun()).toEqual([1, 2]);
  });

  test("go on when one died between its end and giving up its place", async () => {
    const { ask, writeEnd, begun } = newSession();
    await ask(1);
    await writeEnd(1);
    await ask(2);
    expect(begun()).toEqual([1, 2]);
  });

  test("are not held up by a place that is taken again after the end", async () => {
    const { ask, end, begun, idOf } = newSession();
    await ask(1);
    const claim = await storage.orchestrations.find(idOf(1));
    await end(1);
    if (claim?.queuePosition !== undefined)
      await storage.sessions.enqueue({
        id: idOf(1),
        queuePosition: claim.queuePosition,
      });
    await ask(2);
    expect(begun()).toEqual([1, 2]);
  });

  test("wait for a hub that is away, and are started by the sweeper", async () => {
    const { hub, clock, ask, begun, swept, events, idOf } = newSession();
    hub.broken = true;
    await expect(ask(1)).rejects.toMatchObject({ code: "storage_unavailable" });
    await ask(2);
    clock.ms += 31_000;
    await swept();
    expect(events).toContainEqual({
      level: "warn",
      event: "claim.left",
      orchestrationId: idOf(1),
      code: "storage_unavailable",
    });
    hub.broken = false;
    // The one that failed has held the claim since it began to start.
    await swept();
    expect(begun()).toEqual([1]);
  });

  test("are taken into the queue by the sweeper when their process died before they had joined", async () => {
    const { clock, ask, end, begun, swept, idOf } = newSession();
    await ask(1);
    await ask(2);
    const claim = await storage.orchestrations.find(idOf(2));
    if (claim?.queuePosition !== undefined)
      await storage.sessions.remove({
        id: idOf(2),
        queuePosition: claim.queuePosition,
      });
    await end(1);
    expect(begun()).toEqual([1]);
    clock.ms += 31_000;
    await swept();
    expect(begun()).toEqual([1, 2]);
  });

  test("go on after one that was ended in the hub", async () => {
    const { hub, clock, ask, begun, swept, idOf } = newSession();
    await ask(1);
    await ask(2);
    hub.terminate(idOf(1));
    clock.ms += 31_000;
    await swept();
    expect(begun()).toEqual([1, 2]);
    const ended = await storage.orchestrations.find(idOf(1));
    expect(ended?.summary.status).toBe("terminated");
  });
});

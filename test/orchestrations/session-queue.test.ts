import { randomUUID } from "node:crypto";
import type { DurableClient } from "durable-functions";
import { startOnce } from "../../src/orchestrations/start/start-once";
import { releaseSession } from "../../src/orchestrations/session-queue";
import { sweepClaims } from "../../src/orchestrations/sweep";
import { useAzuriteStorage } from "../support/storage/azurite-storage";
import { createEventLog } from "../support/telemetry/event-log";
import { fakeTaskHub } from "../support/orchestrations/fake-task-hub";

const storage = useAzuriteStorage();

const startedAt = Date.parse("2026-01-01T00:00:00Z");

/** Creates a session with its own task hub and clock. The functions identify an orchestration by its number. */
function createSession() {
  const session = randomUUID();
  const hub = fakeTaskHub();
  const clock = { ms: startedAt };
  const now = () => new Date(clock.ms);
  const { log, events } = createEventLog();
  const context = {
    storage: storage(),
    hub: hub as unknown as DurableClient,
    now,
    log,
    by: "message",
  } as const;
  const toId = (n: number) => `${session}:${n}`;
  const toEntry = (n: number) => ({
    id: toId(n),
    queuePosition: { session, position: String(n).padStart(3, "0") },
  });
  const request = (n: number) =>
    startOnce(
      {
        identity: { id: toId(n), fingerprint: "f" },
        request: { workflow: "w" },
        origin: { queuePosition: toEntry(n).queuePosition },
      },
      {
        storage,
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
      context,
    );
  const recordEnd = (n: number) =>
    storage().orchestrations.update(toId(n), {
      status: "completed",
      updatedAt: now().toISOString(),
    });
  const release = (n: number) =>
    releaseSession(toEntry(n), { ...context, by: "session" });
  /** Records the end and releases the session, as the last activities of an orchestration do. */
  const finish = async (n: number) => {
    await recordEnd(n);
    await release(n);
  };
  const sweep = () =>
    sweepClaims({ ...context, messaging: () => undefined, by: "sweeper" });
  const startedNumbers = () =>
    hub.started
      .filter((id) => id.startsWith(session))
      .map((id) => Number(id.split(":")[1]));
  return {
    hub,
    clock,
    request,
    recordEnd,
    release,
    finish,
    sweep,
    startedNumbers,
    toId,
    toEntry,
    events,
  };
}

describe("the session queue", () => {
  test("runs the orchestrations of a session one at a time, in order", async () => {
    const { request, finish, startedNumbers } = createSession();
    for (const n of [1, 2, 3]) await request(n);
    expect(startedNumbers()).toEqual([1]);
    await finish(1);
    expect(startedNumbers()).toEqual([1, 2]);
    await finish(2);
    await finish(3);
    await request(4);
    expect(startedNumbers()).toEqual([1, 2, 3, 4]);
  });

  test("starts each orchestration once under concurrent requests and releases", async () => {
    const { request, finish, startedNumbers } = createSession();
    await request(1);
    await Promise.all([
      ...Array.from({ length: 5 }, () => request(2)),
      ...Array.from({ length: 3 }, () => finish(1)),
      ...Array.from({ length: 5 }, () => request(2)),
    ]);
    expect(startedNumbers()).toEqual([1, 2]);
    await finish(2);
    await Promise.all([request(1), request(2)]);
    expect(startedNumbers()).toEqual([1, 2]);
  });

  test("removes the released orchestration before it starts the next one, and tolerates a repeated release", async () => {
    const { request, release, startedNumbers, toEntry } = createSession();
    await request(1);
    await request(2);
    // The status of orchestration 1 is still running: if it were still the head, orchestration 2 could not start.
    await release(1);
    await release(1);
    expect(startedNumbers()).toEqual([1, 2]);
    const { session } = toEntry(1).queuePosition;
    expect(await storage().sessions.head(session)).toEqual(toEntry(2));
  });

  test("starts the next orchestration if the head has ended but was not released", async () => {
    const { request, recordEnd, startedNumbers } = createSession();
    await request(1);
    await recordEnd(1);
    await request(2);
    expect(startedNumbers()).toEqual([1, 2]);
  });

  test("removes an entry that was enqueued again after the orchestration ended", async () => {
    const { request, finish, startedNumbers, toEntry } = createSession();
    await request(1);
    await finish(1);
    await storage().sessions.enqueue(toEntry(1));
    await request(2);
    expect(startedNumbers()).toEqual([1, 2]);
  });

  test("logs claim.left while the task hub is unavailable, and starts the head in the next sweep", async () => {
    const { hub, clock, request, startedNumbers, sweep, events, toId } =
      createSession();
    hub.broken = true;
    await expect(request(1)).rejects.toMatchObject({
      code: "storage_unavailable",
    });
    await request(2);
    clock.ms += 31_000;
    await sweep();
    expect(events).toContainEqual({
      level: "warn",
      event: "claim.left",
      orchestrationId: toId(1),
      code: "storage_unavailable",
    });
    hub.broken = false;
    // The claim is still abandoned, because the first sweep failed before it could take over the claim.
    await sweep();
    expect(startedNumbers()).toEqual([1]);
  });

  test("enqueues in the sweep an orchestration whose process died between claim and enqueue", async () => {
    const { clock, request, finish, startedNumbers, sweep, toEntry } =
      createSession();
    await request(1);
    await request(2);
    await storage().sessions.remove(toEntry(2));
    await finish(1);
    expect(startedNumbers()).toEqual([1]);
    clock.ms += 31_000;
    await sweep();
    expect(startedNumbers()).toEqual([1, 2]);
  });

  test("starts the next orchestration in the sweep after the head was terminated in the task hub", async () => {
    const { hub, clock, request, startedNumbers, sweep, toId } =
      createSession();
    await request(1);
    await request(2);
    hub.terminate(toId(1));
    clock.ms += 31_000;
    await sweep();
    expect(startedNumbers()).toEqual([1, 2]);
    const ended = await storage().orchestrations.find(toId(1));
    expect(ended?.summary.status).toBe("terminated");
  });
});

import type { FinishInput } from "../../../src/domain/contracts";
import { noUsage } from "../../../src/domain/usage";
import { finishOrchestration } from "../../../src/orchestrations/end/finish-orchestration";
import { reconcileWithHub } from "../../../src/orchestrations/end/reconcile";
import { createEndSweepMemory } from "../../../src/orchestrations/end/sweep-ended";
import { openStorage } from "../../../src/storage/open-storage";
import { startAzurite } from "../../../local-cloud/test/support/storage/azurite";
import {
  createRunningOrchestrations,
  platformMessage,
  useBroker,
} from "../../support/orchestrations/ended-orchestrations";
import { useAzuriteStorage } from "../../support/storage/azurite-storage";
import { startCountingProxy } from "../../support/storage/counting-proxy";

const broker = useBroker();
const openedStorage = useAzuriteStorage();
/** Later tests have other task hubs, which do not have the orchestrations of earlier ones. */
afterEach(async () => {
  const { orchestrations } = openedStorage();
  const query = { status: "running", limit: 200 } as const;
  for (const { id } of (await orchestrations.list(query)).items)
    await orchestrations.update(id, {
      status: "completed",
      updatedAt: "2026-01-01T02:00:00.000Z",
    });
});

const create = () => {
  const storage = openedStorage();
  return { storage, ...createRunningOrchestrations(storage, broker()) };
};

const toFinishInput = (orchestrationId: string): FinishInput => ({
  orchestrationId,
  at: "2026-01-01T01:00:00.000Z",
  events: [],
  usage: noUsage,
  startedAt: "2026-01-01T00:00:00.000Z",
  metadata: { workflow: "w", version: "1", tags: {} },
  reply: { queue: "agent-responses", correlationId: orchestrationId },
  result: {
    status: "completed",
    outputTemplate: 7,
    scope: { input: { value: 0 }, steps: {}, variables: {}, orchestrationId },
  },
});

/** Fails 25 of the running orchestrations, sweeps every 30 seconds for two minutes, and returns the requests of each sweep. */
async function sweepAmong(running: number) {
  const ownAzurite = await startAzurite();
  const proxy = await startCountingProxy(ownAzurite.connectionString);
  const { messaging } = broker();
  const storage = openStorage(ownAzurite);
  const { prefix, hub, clock, start, sweep, context, findClaim, toId } =
    createRunningOrchestrations(storage, broker());
  for (let n = 0; n < running; n += 20)
    await Promise.all(Array.from({ length: 20 }, (_, i) => start(n + i)));
  const ids = Array.from({ length: 25 }, (_, n) => toId(n));
  const [platform, others] = [ids.slice(0, 10), ids.slice(10)];
  for (const id of platform) hub.fail(id, platformMessage);
  for (const id of others) hub.fail(id, "x is not a function");

  Object.assign(context, { storage: openStorage(proxy) });
  await context.storage.orchestrations.check();
  await context.storage.history.read("unknown");
  const memory = createEndSweepMemory();
  const counts: Readonly<Record<string, number>>[] = [];
  for (let count = 0; count < 4; count++) {
    hub.requests = 0;
    proxy.takeCounts();
    await sweep(memory);
    counts.push({ hub: hub.requests, ...proxy.takeCounts() });
    clock.ms += 30_000;
  }

  const finish = finishOrchestration({
    storage: () => storage,
    messaging: () => messaging,
  });
  for (const id of platform) {
    expect(hub.inputOf(id)).toMatchObject({ resumption: 1 });
    await finish(toFinishInput(id), context.log);
    expect((await findClaim(id)).summary.status).toBe("completed");
  }
  for (const id of others) expect((await findClaim(id)).settled).toBe(true);
  const responses = await broker().readResponses(prefix);
  const toIds = (status: string) =>
    responses
      .filter(({ subject }) => subject === `orchestration.${status}`)
      .map(({ correlationId }) => String(correlationId))
      .sort();
  expect(toIds("completed")).toEqual(platform.sort());
  expect(toIds("failed")).toEqual(others.sort());
  expect(responses).toHaveLength(25);
  proxy.stop();
  await ownAzurite.stop();
  return counts;
}

describe("sweepEnded", () => {
  test.each([
    ["failed", "internal_error", "x is not a function"],
    ["terminated", "terminated", "too expensive"],
  ] as const)(
    "records, answers and publishes once that the hub %s an orchestration, and releases its session",
    async (status, code, message) => {
      const {
        storage,
        prefix,
        hub,
        start,
        sweep,
        findClaim,
        loggedEvents,
        ...rest
      } = create();
      const toEntry = (name: string) => ({
        id: rest.toId(name),
        queuePosition: { session: prefix, position: name },
      });
      const id = await start("1", toEntry("1"));
      const next = await start("2", { ...toEntry("2") });
      const waiting = { ...(await findClaim(next)), waiting: true };
      hub.complete(next);
      await storage.orchestrations.takeOver(waiting, {
        claimedAt: new Date(0).toISOString(),
        taskHub: "Aos",
      });
      await storage.sessions.enqueue(toEntry("1"));
      if (status === "failed") hub.fail(id, message);
      else hub.terminate(id, message);
      await Promise.all([sweep(), sweep()]);
      await sweep();

      const error = { code, message };
      const claim = await findClaim(id);
      expect(claim).toMatchObject({
        settled: true,
        summary: { status, error },
      });
      const { endedAt } = claim.summary;
      const responses = await broker().readResponses(prefix);
      expect(responses).toMatchObject([
        { messageId: `${id}:response`, body: { id, status, error, endedAt } },
      ]);
      expect(await broker().readLifecycleEvents(prefix)).toMatchObject([
        {
          messageId: `${id}:orchestration.${status}`,
          body: { id, status, error, at: endedAt },
        },
      ]);
      const events = await storage.history.read(id);
      expect(events.map(({ type }) => type)).toEqual([
        "orchestration.started",
        `orchestration.${status}`,
      ]);
      expect(
        loggedEvents.filter(({ event }) => event === `orchestration.${status}`),
      ).toHaveLength(1);
      expect(await storage.sessions.head(prefix)).toBeUndefined();
    },
  );

  test("resumes 10 and answers 15 of 25 orchestrations that the hub failed, with the same requests among 100 and 500", async () => {
    const few = await sweepAmong(100);
    expect(await sweepAmong(500)).toEqual(few);
    // One list; the states of the 25 and 10 starts; the states of 20 running orchestrations in each sweep.
    expect(few.map(({ hub }) => hub)).toEqual([56, 21, 21, 21]);
  }, 120_000);

  test("settles a purged orchestration in a later check of running ones, and immediately with GET", async () => {
    const { hub, start, sweep, context, findClaim } = create();
    const [first, second] = [await start("a"), await start("b")];
    hub.purge(first);
    hub.purge(second);
    const summary = await reconcileWithHub(await findClaim(first), context);
    expect(summary).toMatchObject({
      status: "failed",
      error: { code: "orchestration_lost" },
    });
    await sweep();
    expect((await findClaim(second)).summary.error?.code).toBe(
      "orchestration_lost",
    );
    const responses = await broker().readResponses(first);
    expect(responses).toHaveLength(1);
  });

  test("starts an orchestration again after the pauses, and answers it after three resumptions", async () => {
    const { prefix, hub, clock, start, sweep, findClaim } = create();
    const id = await start("a");
    hub.fail(id, platformMessage);
    await sweep();
    const startsAfter = [hub.started.length];
    for (const pauseMs of [60_000, 300_000]) {
      hub.fail(id, platformMessage);
      clock.ms += pauseMs - 1;
      await sweep();
      startsAfter.push(hub.started.length);
      clock.ms += 1;
      await sweep();
      await sweep();
      startsAfter.push(hub.started.length);
    }
    expect(startsAfter).toEqual([2, 2, 3, 3, 4]);
    expect(hub.inputOf(id)).toMatchObject({
      orchestrationId: id,
      resumption: 3,
      resumedAfter: {
        error: { code: "platform_failed", message: platformMessage },
        startedAt: "2026-01-01T00:05:00.000Z",
      },
    });
    expect(await broker().readResponses(prefix)).toEqual([]);
    hub.fail(id, platformMessage);
    await sweep();
    expect((await findClaim(id)).summary).toMatchObject({
      status: "failed",
      error: { code: "platform_failed" },
    });
    expect(await broker().readResponses(prefix)).toHaveLength(1);
  });

  test("completes an end that the orchestration wrote but could not answer", async () => {
    const { storage, prefix, hub, start, sweep, findClaim, context } = create();
    const id = await start("a");
    const dependencies = { storage: () => storage, messaging: () => undefined };
    await finishOrchestration(dependencies)(toFinishInput(id), context.log);
    hub.fail(id, platformMessage);
    await sweep();
    expect(await findClaim(id)).toMatchObject({
      settled: true,
      summary: { status: "completed" },
    });
    expect(await broker().readResponses(prefix)).toMatchObject([
      { messageId: `${id}:response`, body: { status: "completed", output: 7 } },
    ]);
  });

  test("keeps the end that was written first if the last activity runs after the settlement", async () => {
    const { storage, prefix, hub, start, sweep, context, findClaim } = create();
    const id = await start("a");
    hub.terminate(id);
    await sweep();
    await finishOrchestration({
      storage: () => storage,
      messaging: context.messaging,
    })(toFinishInput(id), context.log);
    expect((await findClaim(id)).summary.status).toBe("terminated");
    expect(await broker().readResponses(prefix)).toMatchObject([
      { body: { status: "terminated" } },
    ]);
    const events = await storage.history.read(id);
    expect(events.map(({ type }) => type)).toEqual([
      "orchestration.started",
      "orchestration.terminated",
    ]);
    expect(await broker().readLifecycleEvents(prefix)).toHaveLength(1);
  });

  test("logs end.left while Service Bus cannot be reached, and answers in a later sweep", async () => {
    const { prefix, hub, start, sweep, context, loggedEvents } = create();
    const id = await start("a");
    hub.terminate(id);
    const { messaging } = context;
    Object.assign(context, {
      messaging: () => {
        throw new Error("The broker cannot be reached.");
      },
    });
    const memory = createEndSweepMemory();
    await sweep(memory);
    expect(loggedEvents.map(({ event }) => event)).toContain("end.left");
    Object.assign(context, { messaging });
    await sweep(memory);
    expect(await broker().readResponses(prefix)).toHaveLength(1);
  });
});

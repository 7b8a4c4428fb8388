import { randomUUID } from "node:crypto";
import type { DurableClient } from "durable-functions";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import { isTimeToPurge, purgeTaskHub } from "../../src/orchestrations/purge";
import { createEndSweepMemory } from "../../src/orchestrations/end/sweep-ended";
import { runMaintenance } from "../../src/orchestrations/maintenance";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import { createEventLog } from "../support/telemetry/event-log";
import { fakeTaskHub } from "../support/orchestrations/fake-task-hub";
import { newWorkflowClaim } from "../support/orchestrations/workflow-claim";

const nowMs = Date.parse("2026-03-01T03:00:00Z");
const dayMs = 86_400_000;

test("isTimeToPurge is true for one of the sweeps of a day: the first after 03:00 UTC", () => {
  const sweeps = Array.from({ length: 2 * 60 * 24 }, (_, index) =>
    new Date(nowMs + index * 30_000 + 7_250).toISOString(),
  );
  expect(sweeps.filter((at) => isTimeToPurge(new Date(at)))).toEqual([
    "2026-03-01T03:00:07.250Z",
  ]);
});

describe("purgeTaskHub", () => {
  let azurite: Azurite;
  let storage: Storage;
  beforeAll(async () => {
    azurite = await startAzurite();
    storage = openStorage({ connectionString: azurite.connectionString });
  });
  afterAll(() => azurite.stop());

  /** Creates an orchestration whose row is `pending` or `running`. */
  async function createOrchestration(
    ageDays: number,
    status: "pending" | "running" = "running",
  ): Promise<string> {
    const id = randomUUID();
    const at = new Date(nowMs - ageDays * dayMs).toISOString();
    await storage.orchestrations.claim(
      newWorkflowClaim(id, { createdAt: at, updatedAt: at }),
    );
    if (status === "running")
      await storage.orchestrations.update(id, { status, updatedAt: at });
    return id;
  }

  /** Purges with a retention of 30 days and returns the logged events. */
  const purge = async (
    hub: ReturnType<typeof fakeTaskHub>,
    purgeInstanceHistoryBy: () => Promise<{ instancesDeleted: number }>,
  ) => {
    const { log, events } = createEventLog();
    await purgeTaskHub(
      {
        storage,
        hub: { ...hub, purgeInstanceHistoryBy } as unknown as DurableClient,
        messaging: () => undefined,
        now: () => new Date(nowMs),
        by: "sweeper",
        log,
      },
      30,
    );
    return events;
  };

  test("records the ends of orchestrations older than 30 days before it purges the hub", async () => {
    const hub = fakeTaskHub();
    const ids = await Promise.all([
      createOrchestration(31),
      createOrchestration(31, "pending"),
      createOrchestration(29),
    ]);
    for (const id of ids) {
      await hub.startNew("w", { instanceId: id });
      hub.terminate(id);
    }
    const atPurge: (string | undefined)[] = [];
    const events = await purge(hub, async () => {
      for (const id of ids)
        atPurge.push((await storage.orchestrations.find(id))?.summary.status);
      return { instancesDeleted: 2 };
    });
    expect(events.at(-1)).toEqual({
      level: "info",
      event: "hub.purged",
      retentionDays: 30,
      instances: 2,
    });
    expect(atPurge).toEqual(["terminated", "terminated", "running"]);
  });

  test.each([
    ["02:59:45", 0],
    ["03:00:14", 1],
    ["15:00:14", 0],
  ])(
    "runs in the maintenance at 03:00 UTC only: at %s it purges %i times",
    async (time, times) => {
      const filters: unknown[] = [];
      const hub = {
        ...fakeTaskHub(),
        purgeInstanceHistoryBy: (filter: unknown) => {
          filters.push(filter);
          return Promise.resolve({ instancesDeleted: 0 });
        },
      };
      const { log, events } = createEventLog();
      const isPurgeEvent = ({ event }: { event: string }) =>
        event.startsWith("hub.");
      const at = new Date(`2026-03-01T${time}Z`);
      await runMaintenance(
        {
          storage: () => storage,
          messaging: () => undefined,
          now: () => at,
          hubRetentionDays: 10,
          endSweep: createEndSweepMemory(),
        },
        hub as unknown as DurableClient,
        log,
      );
      expect(events.filter(isPurgeEvent).map(({ event }) => event)).toEqual(
        Array.from({ length: times }, () => "hub.purged"),
      );
      expect(filters).toEqual(
        Array.from({ length: times }, () => ({
          createdTimeFrom: new Date(0),
          createdTimeTo: new Date(at.getTime() - 10 * dayMs),
          runtimeStatus: ["Completed", "Failed", "Terminated", "Canceled"],
        })),
      );
    },
  );

  test("purges nothing while the platform failed an old orchestration that will start again", async () => {
    const hub = fakeTaskHub();
    const id = await createOrchestration(31);
    const claim = await storage.orchestrations.find(id);
    if (claim === undefined) throw new Error("The claim does not exist.");
    await storage.orchestrations.takeOver(claim, {
      claimedAt: new Date(nowMs - 30_000).toISOString(),
      taskHub: "Aos",
      resumption: 1,
    });
    await hub.startNew("w", { instanceId: id, input: { resumption: 1 } });
    hub.fail(id, "Did not find any initialized language workers");
    const events = await purge(hub, () => {
      throw new Error("The hub must not be purged.");
    });
    expect(events.at(-1)).toMatchObject({
      event: "hub.not_purged",
      code: "not_finished",
    });
    hub.terminate(id);
    await purge(hub, () => Promise.resolve({ instancesDeleted: 1 }));
  });

  test("purges nothing and logs hub.not_purged if the hub cannot return the status of an orchestration", async () => {
    const hub = fakeTaskHub();
    await createOrchestration(40);
    hub.broken = true;
    const events = await purge(hub, () => {
      throw new Error("The hub must not be purged.");
    });
    expect(events).toEqual([
      {
        level: "warn",
        event: "hub.not_purged",
        retentionDays: 30,
        code: "storage_unavailable",
      },
    ]);
  });
});

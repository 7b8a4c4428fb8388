import { randomUUID } from "node:crypto";
import type { DurableClient } from "durable-functions";
import type { Storage } from "../../src/storage/ports";
import { openStorage } from "../../src/storage/open-storage";
import { isTimeToPurge, purgeTaskHub } from "../../src/orchestrations/purge";
import { runMaintenance } from "../../src/orchestrations/maintenance";
import {
  type Azurite,
  startAzurite,
} from "../../local-cloud/test/support/storage/azurite";
import { createEventLog } from "../support/telemetry/event-log";
import { fakeTaskHub } from "../support/orchestrations/fake-task-hub";

const now = Date.parse("2026-03-01T03:00:00Z");
const dayMs = 86_400_000;

test("one sweep of a day purges", () => {
  const sweeps = Array.from({ length: 2 * 60 * 24 }, (_, index) =>
    new Date(now + index * 30_000 + 7_250).toISOString(),
  );
  expect(sweeps.filter((at) => isTimeToPurge(new Date(at)))).toEqual([
    "2026-03-01T03:00:07.250Z",
  ]);
});

describe("purging", () => {
  let azurite: Azurite;
  let storage: Storage;
  beforeAll(async () => {
    azurite = await startAzurite();
    storage = openStorage({ connectionString: azurite.connectionString });
  });
  afterAll(() => azurite.stop());

  /** An orchestration that has not ended, as far as its row knows. */
  async function unended(
    ageDays: number,
    status: "pending" | "running" = "running",
  ): Promise<string> {
    const id = randomUUID();
    const at = new Date(now - ageDays * dayMs).toISOString();
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
      start: { value: {} },
      claimedAt: at,
    });
    if (status === "running")
      await storage.orchestrations.update(id, { status, updatedAt: at });
    return id;
  }

  const purged = async (
    hub: ReturnType<typeof fakeTaskHub>,
    purgeInstanceHistoryBy: () => Promise<{ instancesDeleted: number }>,
  ) => {
    const { log, events } = createEventLog();
    await purgeTaskHub(
      {
        storage,
        hub: { ...hub, purgeInstanceHistoryBy } as unknown as DurableClient,
        now: () => new Date(now),
        by: "sweeper",
        log,
      },
      30,
    );
    return events;
  };

  test("writes down first what only the hub knows", async () => {
    const hub = fakeTaskHub();
    const ids = await Promise.all([
      unended(31),
      unended(31, "pending"),
      unended(29),
    ]);
    for (const id of ids) {
      await hub.startNew("w", { instanceId: id });
      hub.terminate(id);
    }
    const atPurge: (string | undefined)[] = [];
    const events = await purged(hub, async () => {
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
    "is part of the sweep of three in the night: at %s",
    async (time, times) => {
      const asked: unknown[] = [];
      const hub = {
        ...fakeTaskHub(),
        purgeInstanceHistoryBy: (filter: unknown) => {
          asked.push(filter);
          return Promise.resolve({ instancesDeleted: 0 });
        },
      };
      const { log, events } = createEventLog();
      const at = new Date(`2026-03-01T${time}Z`);
      await runMaintenance(
        { storage: () => storage, now: () => at, hubRetentionDays: 10 },
        hub as unknown as DurableClient,
        log,
      );
      expect(events.map(({ event }) => event)).toEqual(
        Array.from({ length: times }, () => "hub.purged"),
      );
      expect(asked).toEqual(
        Array.from({ length: times }, () => ({
          createdTimeFrom: new Date(0),
          createdTimeTo: new Date(at.getTime() - 10 * dayMs),
          runtimeStatus: ["Completed", "Failed", "Terminated", "Canceled"],
        })),
      );
    },
  );

  test("removes nothing when it cannot be known how an orchestration ended, and says so", async () => {
    const hub = fakeTaskHub();
    await unended(40);
    hub.broken = true;
    const events = await purged(hub, () => {
      throw new Error("This must not be asked.");
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

import {
  createRunningOrchestrations,
  platformMessage,
  useBroker,
} from "../../support/orchestrations/ended-orchestrations";
import {
  createDyingPorts,
  type Death,
} from "../../support/orchestrations/dying-process";
import { useAzuriteStorage } from "../../support/storage/azurite-storage";

const openedStorage = useAzuriteStorage();
const broker = useBroker();

/** Sweeps in processes that die at their first, second, … write, until one survives. Returns the number of deaths. */
async function sweepUntilOneSurvives(
  death: Death,
  arrange: (
    run: ReturnType<typeof createRunningOrchestrations>,
  ) => Promise<string>,
  check: (
    run: ReturnType<typeof createRunningOrchestrations>,
    id: string,
  ) => Promise<void>,
): Promise<number> {
  for (let deathAt = 1; ; deathAt++) {
    const run = createRunningOrchestrations(openedStorage(), broker());
    const id = await arrange(run);
    const { ports, hasDied } = createDyingPorts(run.context, deathAt, death);
    await run.sweep(undefined, ports).catch((error: unknown) => {
      expect(String(error)).toContain("The process is dead.");
    });
    // After this time the claim of the dead process can be taken over.
    run.clock.ms += 31_000;
    await run.sweep();
    await run.sweep();
    await check(run, id);
    run.hub.complete(id);
    const ended = { status: "completed", updatedAt: "2026" } as const;
    await openedStorage().orchestrations.update(id, ended);
    if (!hasDied()) return deathAt - 1;
  }
}

describe.each<Death>(["before", "after"])(
  "when the process dies %s a write takes effect",
  (death) => {
    test("an orchestration that the hub ended is answered once, and its session goes on", async () => {
      const deaths = await sweepUntilOneSurvives(
        death,
        async ({ prefix, start, hub, toId }) => {
          const queuePosition = { session: prefix, position: "1" };
          const id = await start("1", { queuePosition });
          const entry = { id: toId("1"), queuePosition };
          await openedStorage().sessions.enqueue(entry);
          hub.terminate(id);
          return id;
        },
        async ({ prefix, findClaim }, id) => {
          expect(await findClaim(id)).toMatchObject({
            settled: true,
            summary: { status: "terminated" },
          });
          expect(await broker().readResponses(prefix)).toMatchObject([
            { messageId: `${id}:response`, body: { status: "terminated" } },
          ]);
          expect(await broker().readLifecycleEvents(prefix)).toHaveLength(1);
          const events = await openedStorage().history.read(id);
          expect(events.map(({ type }) => type)).toEqual([
            "orchestration.started",
            "orchestration.terminated",
          ]);
          expect(await openedStorage().sessions.head(prefix)).toBeUndefined();
        },
      );
      // The row, the history event, two messages, the session, the mark.
      expect(deaths).toBe(6);
    }, 60_000);

    test("an orchestration that the platform failed is started again once", async () => {
      const deaths = await sweepUntilOneSurvives(
        death,
        async ({ start, hub }) => {
          const id = await start("1");
          hub.fail(id, platformMessage);
          return id;
        },
        async ({ prefix, hub, findClaim }, id) => {
          expect(hub.started).toEqual([id, id]);
          expect(hub.inputOf(id)).toMatchObject({ resumption: 1 });
          const claim = await findClaim(id);
          expect(claim).toMatchObject({ resumption: 1 });
          expect(claim.summary.status).toBe("running");
          expect(await broker().readResponses(prefix)).toEqual([]);
        },
      );
      // The claim and the start.
      expect(deaths).toBe(2);
    }, 60_000);
  },
);

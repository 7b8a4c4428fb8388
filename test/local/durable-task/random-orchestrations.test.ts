/**
 * Random orchestrations on the pure hub: whatever they ask for, in whatever order and company the answers come, and
 * wherever a turn is lost before it is on disk, they end with the results that a direct evaluation gives. An extended
 * session comes to the same as a replay at every turn.
 */
import fc from "fast-check";
import { EventType } from "../../../src/local/durable-task/history-event";
import { answering } from "./answering";
import { PureHub } from "./pure-hub";
import {
  eventsIn,
  expectedAll,
  interpret,
  numbered,
  program,
} from "./random-programs";

describe("random orchestrations", () => {
  test("end with the right results in every order, with and without turns that are lost", async () => {
    let sessionTurns = 0;
    await fc.assert(
      fc.asyncProperty(
        program,
        fc.infiniteStream(fc.nat()),
        async (generated, random) => {
          const pick = (below: number): number =>
            Number(random.next().value) % below;
          const input = numbered(generated);
          const hub = new PureHub(interpret, input, answering());
          for (const name of input.flatMap(eventsIn)) hub.raise(name, name);
          for (let turns = 0; !hub.hasEnded; turns++) {
            if (hub.pending.length === 0 || turns > 500)
              throw new Error(
                `It hangs after ${turns} turns: ${JSON.stringify(hub.history.events)}`,
              );
            const start = hub.pending.find(
              ({ event }) => event.EventType === EventType.ExecutionStarted,
            );
            const shuffled = hub.pending
              .map((message) => ({ message, at: pick(1000) }))
              .sort((a, b) => a.at - b.at)
              .map(({ message }) => message);
            const some = start
              ? [start]
              : shuffled.slice(0, 1 + pick(shuffled.length));
            // A turn that is computed and lost leaves no trace.
            if (pick(3) === 0) await hub.turn(some);
            await hub.deliver(some);
          }
          sessionTurns += hub.sessionTurns;
          expect(hub.instance).toMatchObject({ status: "Completed" });
          expect(JSON.parse(hub.instance.output ?? "")).toEqual(
            expectedAll(input),
          );
        },
      ),
      { numRuns: 300 },
    );
    expect(sessionTurns).toBeGreaterThan(300);
  });
});

/**
 * Starts what was claimed and never started, because the process died in between: nobody has to ask a second time.
 * Sessions in which somebody has waited for long are looked at as well.
 */
import { toFailure } from "../errors";
import type { OrchestrationSummary } from "../model/history";
import { startIfAbandoned } from "./start/claim";
import { mendSession } from "./start/session-turns";
import { takeOverMs } from "./start/start-rules";
import type { World } from "./start/world";

const pageSize = 100;
const atOnce = 8;
/** Less than the time between two sweeps. */
const sweepMs = 25_000;

/** `report` is told what could not be mended; the next sweep tries again. */
export async function sweep(
  world: World,
  report: (problem: string) => void,
): Promise<void> {
  const startedAt = world.now().getTime();
  let cursor: string | undefined;
  do {
    const page = await world.storage.orchestrations.list({
      status: "pending",
      to: new Date(startedAt - takeOverMs),
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
    });
    await mendAll(page.items, world, report);
    cursor = page.cursor;
  } while (cursor !== undefined && world.now().getTime() - startedAt < sweepMs);
}

async function mendAll(
  found: readonly OrchestrationSummary[],
  world: World,
  report: (problem: string) => void,
): Promise<void> {
  const left = [...found];
  const worker = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop())
      try {
        await mend(next.id, world);
      } catch (error) {
        const { code, message } = toFailure(error);
        report(
          `Orchestration "${next.id}" is still to start (${code}): ${message}`,
        );
      }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function mend(id: string, world: World): Promise<void> {
  const claim = await world.storage.orchestrations.find(id);
  if (claim === undefined) return;
  const { place, waiting } = claim;
  if (place !== undefined && waiting === true)
    await mendSession({ id, place }, world);
  else await startIfAbandoned(claim, world);
}

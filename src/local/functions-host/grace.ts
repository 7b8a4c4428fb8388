import type { UnderWay } from "../scheduling/under-way";

/** How long running functions may take to end when the host stops. */
const graceMs = 3000;

/** Resolves when what is under way has ended and what follows from it has been done, or when it has had its time. */
export async function ended(underWay: UnderWay): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  await Promise.race([
    underWay.atRest(),
    new Promise((resolve) => {
      late = setTimeout(resolve, graceMs);
    }),
  ]);
  clearTimeout(late);
}

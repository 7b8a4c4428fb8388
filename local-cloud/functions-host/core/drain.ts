import type { InFlight } from "../../shared/concurrency/in-flight";

/** How long running functions may take to end when the host stops. */
const graceMs = 3000;

/** Resolves when what is under way, and `more`, has ended and what follows has been done, or when it has had its time. */
export async function drain(
  underWay: InFlight,
  more: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  const done = more.catch(() => undefined).then(() => underWay.whenIdle());
  await Promise.race([
    done,
    new Promise((resolve) => {
      late = setTimeout(resolve, graceMs);
    }),
  ]);
  clearTimeout(late);
}

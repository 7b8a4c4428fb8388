import type { PlatformDifferences } from "../../../differences/platform-difference";

/** Defines a test for each row of the list, which tries the case and expects the local behaviour of the row. */
export function tryDifferences<Rows extends PlatformDifferences>(
  rows: Rows,
  probes: Readonly<Record<keyof Rows, () => unknown>>,
): void {
  test.each(
    Object.entries(rows).map(
      ([id, row]) => [row.case, row.local, id] satisfies string[],
    ),
  )("%s: %s", async (_case, _local, id) => {
    await probes[id]?.();
  });
}

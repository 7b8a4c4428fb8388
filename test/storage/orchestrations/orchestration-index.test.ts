import { assert, constantFrom, date, property, record } from "fast-check";
import {
  indexEntries,
  indexRange,
  statusIndexEntry,
  indexState,
} from "../../../src/storage/orchestrations/orchestration-index";
import type { OrchestrationSummary } from "../../../src/domain/history/orchestration-history";

const times = date({
  min: new Date("2020-01-01"),
  max: new Date("2100-01-01"),
  noInvalidDate: true,
});
const ids = constantFrom("a", "-", "~", "z:1", "0.0", "_", "Z");
const summaries = record({
  id: ids.map((id) => id.replace("~", ".")),
  createdAt: times.map((time) => time.toISOString()),
  status: constantFrom("pending", "running", "completed" as const),
}).map((part): OrchestrationSummary => ({
  workflow: "w/1",
  version: "1",
  tags: {},
  updatedAt: part.createdAt,
  ...part,
}));
const rowKeyOf = (summary: OrchestrationSummary): string =>
  indexEntries(summary)[0]?.rowKey ?? "";

describe("the index of orchestrations", () => {
  test("orders newest first", () => {
    assert(
      property(summaries, summaries, (a, b) => {
        if (a.createdAt < b.createdAt)
          expect(rowKeyOf(a) > rowKeyOf(b)).toBe(true);
      }),
    );
  });

  test("has in the range of a query what was created from and up to its times", () => {
    assert(
      property(summaries, times, times, (summary, from, to) => {
        const range = indexRange({ limit: 1, from, to });
        const key = rowKeyOf(summary);
        const created = new Date(summary.createdAt);
        expect(key >= range.from && key <= range.to).toBe(
          created >= from && created <= to,
        );
      }),
    );
  });

  test("takes a hint for worthless only when its summary can never agree with it", () => {
    const pending: OrchestrationSummary = {
      id: "o",
      workflow: "w",
      version: "1",
      status: "pending",
      tags: {},
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
    };
    const early = statusIndexEntry(pending, "running");
    expect(indexState(early, undefined)).toBe("not now");
    expect(indexState(early, pending)).toBe("not now");
    expect(indexState(early, { ...pending, status: "running" })).toBe("right");
    expect(indexState(early, { ...pending, status: "failed" })).toBe("never");
    const first = statusIndexEntry(pending, "pending");
    expect(indexState(first, { ...pending, status: "running" })).toBe("never");
    const createdAt = "2026-01-01T00:00:01.000Z";
    expect(indexState(early, { ...pending, createdAt })).toBe("never");
  });
});

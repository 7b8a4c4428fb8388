import { assert, constantFrom, date, property, record } from "fast-check";
import type { OrchestrationSummary } from "../../../src/domain/history/orchestration-history";
import {
  indexEntries,
  indexRange,
  indexState,
  statusIndexEntry,
} from "../../../src/storage/orchestrations/orchestration-index";

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
}).map((fields): OrchestrationSummary => ({
  workflow: "w/1",
  version: "1",
  tags: {},
  updatedAt: fields.createdAt,
  ...fields,
}));
const indexRowKey = (summary: OrchestrationSummary): string =>
  indexEntries(summary)[0]?.rowKey ?? "";

describe("indexEntries", () => {
  test("sorts the newest orchestration first", () => {
    assert(
      property(summaries, summaries, (a, b) => {
        if (a.createdAt < b.createdAt)
          expect(indexRowKey(a) > indexRowKey(b)).toBe(true);
      }),
    );
  });
});

describe("indexRange", () => {
  test("contains exactly the orchestrations created between from and to, inclusive", () => {
    assert(
      property(summaries, times, times, (summary, from, to) => {
        const range = indexRange({ limit: 1, from, to });
        const key = indexRowKey(summary);
        const created = new Date(summary.createdAt);
        expect(key >= range.from && key <= range.to).toBe(
          created >= from && created <= to,
        );
      }),
    );
  });
});

describe("indexState", () => {
  test("returns obsolete only when the summary can never match the entry", () => {
    const pending: OrchestrationSummary = {
      id: "o",
      workflow: "w",
      version: "1",
      status: "pending",
      tags: {},
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
    };
    const runningEntry = statusIndexEntry(pending, "running");
    expect(indexState(runningEntry, undefined)).toBe("possible");
    expect(indexState(runningEntry, pending)).toBe("possible");
    expect(indexState(runningEntry, { ...pending, status: "running" })).toBe(
      "current",
    );
    expect(indexState(runningEntry, { ...pending, status: "failed" })).toBe(
      "obsolete",
    );
    const pendingEntry = statusIndexEntry(pending, "pending");
    expect(indexState(pendingEntry, { ...pending, status: "running" })).toBe(
      "obsolete",
    );
    const createdAt = "2026-01-01T00:00:01.000Z";
    expect(indexState(runningEntry, { ...pending, createdAt })).toBe(
      "obsolete",
    );
  });
});

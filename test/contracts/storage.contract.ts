import { randomUUID } from "node:crypto";
import type { Claim, Storage } from "../../src/storage/ports";
import type { OrchestrationSummary } from "../../src/domain/history/orchestration-history";

const start = Date.parse("2026-01-01T00:00:00Z");
const minutes = (count: number): string =>
  new Date(start + count * 60_000).toISOString();

export const newOrchestrationId = (): string => `o:${randomUUID()}`;

export const newClaim = (
  id: string,
  summary: Partial<OrchestrationSummary> = {},
): Omit<Claim, "etag"> => ({
  summary: {
    id,
    workflow: "review",
    version: "1",
    status: "pending",
    tags: {},
    createdAt: minutes(0),
    updatedAt: minutes(0),
    ...summary,
  },
  fingerprint: "f",
  start: { value: { some: "input" } },
  claimedAt: minutes(0),
  taskHub: "Aos",
});

const takenAt = (minute: number) => ({
  claimedAt: minutes(minute),
  taskHub: "Slot",
});

/** The contract of the ports for orchestrations and session queues. */
export function storageContract(open: () => Storage): void {
  const claim = async (
    id: string,
    summary?: Partial<OrchestrationSummary>,
  ): Promise<void> => {
    expect(await open().orchestrations.claim(newClaim(id, summary))).toBe(
      "claimed",
    );
  };

  describe("orchestrations", () => {
    test("are claimed by exactly one of eight concurrent callers", async () => {
      const id = newOrchestrationId();
      const claims = Array.from({ length: 8 }, () =>
        open().orchestrations.claim(newClaim(id)),
      );
      const outcomes = (await Promise.all(claims)).sort();
      expect(outcomes).toEqual(["claimed", ...Array<string>(7).fill("exists")]);
    });

    test("return the data of their claim", async () => {
      const id = newOrchestrationId();
      const tags = { team: "a/b", Größe: "\ud83d\ude00".repeat(20_000) };
      await claim(id, { tags });
      const { etag, ...found } = (await open().orchestrations.find(id)) ?? {};
      expect(found).toEqual(newClaim(id, { tags }));
      expect(etag).toEqual(expect.any(String));
      expect(
        await open().orchestrations.find(newOrchestrationId()),
      ).toBeUndefined();
    });

    test("are taken over by one of several callers that read the same claim", async () => {
      const id = newOrchestrationId();
      await claim(id);
      const seen = await open().orchestrations.find(id);
      if (seen === undefined) throw new Error("The claim does not exist.");
      const taken = await Promise.all(
        [1, 2, 3].map((minute) =>
          open().orchestrations.takeOver(seen, takenAt(minute)),
        ),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      const now = await open().orchestrations.find(id);
      expect(now).toMatchObject(takenAt(taken.indexOf(true) + 1));
    });

    test("stop waiting when they are taken over", async () => {
      const id = newOrchestrationId();
      const queuePosition = { session: "s", position: "1" };
      const waiting = { ...newClaim(id), queuePosition, waiting: true };
      await open().orchestrations.claim(waiting);
      const seen = await open().orchestrations.find(id);
      expect(seen).toMatchObject({ queuePosition, waiting: true });
      if (seen !== undefined)
        await open().orchestrations.takeOver(seen, takenAt(1));
      expect(await open().orchestrations.find(id)).toMatchObject({
        queuePosition,
        waiting: false,
      });
    });

    test("keep the number of the resumption for which they were taken over", async () => {
      const id = newOrchestrationId();
      await claim(id);
      const { orchestrations } = open();
      const seen = await orchestrations.find(id);
      if (seen === undefined) throw new Error("The claim does not exist.");
      const taken = await Promise.all(
        [1, 2, 3].map(() =>
          orchestrations.takeOver(seen, { ...takenAt(1), resumption: 1 }),
        ),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      const resumed = await orchestrations.find(id);
      expect(resumed).toMatchObject({ resumption: 1, claimedAt: minutes(1) });
      if (resumed !== undefined)
        await orchestrations.takeOver(resumed, takenAt(2));
      expect(await orchestrations.find(id)).toMatchObject({
        resumption: 1,
        claimedAt: minutes(2),
      });
    });

    test("end on condition of their ETag", async () => {
      const id = newOrchestrationId();
      await claim(id);
      const { orchestrations } = open();
      const seen = await orchestrations.find(id);
      const end = { status: "failed", updatedAt: minutes(1) } as const;
      const running = { ...end, status: "running" } as const;
      expect(await orchestrations.update(id, running, seen?.etag)).toBe(true);
      expect(await orchestrations.update(id, end, seen?.etag)).toBe(false);
      const latest = await orchestrations.find(id);
      expect(latest?.summary.status).toBe("running");
      expect(await orchestrations.update(id, end, latest?.etag)).toBe(true);
    });

    test("are settled once with their output", async () => {
      const id = newOrchestrationId();
      await claim(id);
      const { orchestrations } = open();
      const output = { value: 7 };
      await orchestrations.update(id, {
        status: "completed",
        updatedAt: minutes(1),
        output,
      });
      expect((await orchestrations.find(id))?.settled).toBeUndefined();
      await Promise.all([1, 2].map(() => orchestrations.markSettled(id)));
      const settled = await orchestrations.find(id);
      expect(settled?.settled).toBe(true);
      await orchestrations.markSettled(id);
      expect(await orchestrations.find(id)).toEqual(settled);
      expect(await orchestrations.output(id)).toEqual(output);
    });

    test("do not change after their end", async () => {
      const id = newOrchestrationId();
      const { orchestrations } = open();
      await claim(id);
      const updatedAt = minutes(1);
      await orchestrations.update(id, { status: "running", updatedAt });
      const output = { value: "the answer" };
      const endedAt = minutes(2);
      await orchestrations.update(id, {
        status: "completed",
        updatedAt: endedAt,
        endedAt,
        output,
      });
      await orchestrations.update(id, {
        status: "failed",
        updatedAt: minutes(3),
        error: { code: "internal_error", message: "late" },
      });
      const found = await orchestrations.find(id);
      expect(found?.summary).toMatchObject({ status: "completed", endedAt });
      expect(found?.summary.error).toBeUndefined();
      expect(await orchestrations.output(id)).toEqual(output);
    });

    test("return true to exactly one of several updates that end them", async () => {
      const id = newOrchestrationId();
      await claim(id);
      const end = { status: "failed", updatedAt: minutes(1) } as const;
      const ends = await Promise.all(
        [1, 2, 3, 4].map(() => open().orchestrations.update(id, end)),
      );
      expect(ends.filter(Boolean)).toHaveLength(1);
      expect(await open().orchestrations.update(id, end)).toBe(false);
    });

    test("apply all of several concurrent updates", async () => {
      const id = newOrchestrationId();
      await claim(id);
      const usage = {
        inputTokens: 1,
        outputTokens: 2,
        modelCalls: 3,
        toolCalls: 4,
      };
      await Promise.all([
        open().orchestrations.update(id, {
          status: "running",
          updatedAt: minutes(1),
        }),
        open().orchestrations.update(id, { usage, updatedAt: minutes(2) }),
      ]);
      const found = await open().orchestrations.find(id);
      expect(found?.summary).toMatchObject({
        status: "running",
        usage,
        updatedAt: minutes(2),
      });
    });

    test("that do not exist cannot be updated", async () => {
      const change = open().orchestrations.update(newOrchestrationId(), {
        updatedAt: minutes(0),
      });
      await expect(change).rejects.toMatchObject({
        code: "orchestration_not_found",
      });
    });
  });

  describe("the list", () => {
    const workflow = `list/${randomUUID()}`;
    const ids = [0, 1, 2, 3, 4].map((at) => `${at}-${randomUUID()}`);
    beforeAll(async () => {
      for (const [at, id] of ids.entries())
        await claim(id, {
          workflow,
          createdAt: minutes(at),
          updatedAt: minutes(at),
          tags: { parity: at % 2 === 0 ? "even" : "odd" },
        });
    });
    const listIndices = async (
      query: Partial<Parameters<Storage["orchestrations"]["list"]>[0]>,
    ) => {
      const page = await open().orchestrations.list({
        workflow,
        limit: 200,
        ...query,
      });
      return page.items.map(({ id }) => ids.indexOf(id));
    };

    test("is newest first", async () => {
      expect(await listIndices({})).toEqual([4, 3, 2, 1, 0]);
    });

    test("continues on the next page without a gap or a repetition", async () => {
      const pages: number[][] = [];
      let cursor: string | undefined;
      do {
        const page = await open().orchestrations.list({
          workflow,
          limit: 2,
          ...(cursor !== undefined && { cursor }),
        });
        pages.push(page.items.map(({ id }) => ids.indexOf(id)));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(pages).toEqual([[4, 3], [2, 1], [0]]);
    });

    test("filters by tag and by time, bounds included", async () => {
      const tag = { key: "parity", value: "even" };
      expect(await listIndices({ tag })).toEqual([4, 2, 0]);
      const from = new Date(minutes(1));
      const to = new Date(minutes(3));
      expect(await listIndices({ from, to })).toEqual([3, 2, 1]);
      expect(
        await listIndices({ tag: { key: "constructor", value: "" } }),
      ).toEqual([]);
    });

    test("contains an orchestration only under its current status", async () => {
      const [id = ""] = ids;
      const running = { status: "running", updatedAt: minutes(9) } as const;
      await open().orchestrations.update(id, running);
      expect(await listIndices({ status: "running" })).toEqual([0]);
      expect(await listIndices({ status: "pending" })).toEqual([4, 3, 2, 1]);
      await open().orchestrations.update(id, { ...running, status: "failed" });
      expect(await listIndices({ status: "running" })).toEqual([]);
      expect(await listIndices({ status: "failed" })).toEqual([0]);
    });

    test("rejects an invalid cursor", async () => {
      await expect(listIndices({ cursor: "nonsense" })).rejects.toMatchObject({
        code: "invalid_request",
      });
    });
  });

  describe("the session queue", () => {
    const entry = (session: string, position: string, id = position) => ({
      id,
      queuePosition: { session, position },
    });

    test("returns the entry with the lowest position as its head, in any order of enqueueing", async () => {
      const session = `a/b ${newOrchestrationId()}`;
      const { sessions } = open();
      expect(await sessions.head(session)).toBeUndefined();
      for (const position of ["03", "01", "02", "02"])
        await sessions.enqueue(entry(session, position));
      await sessions.enqueue(entry(newOrchestrationId(), "00"));
      expect([...(await sessions.orchestrationIds(session))].sort()).toEqual([
        "01",
        "02",
        "03",
      ]);
      for (const position of ["01", "02", "03"]) {
        expect(await sessions.head(session)).toEqual(entry(session, position));
        await sessions.remove(entry(session, position));
        await sessions.remove(entry(session, position));
      }
      expect(await sessions.head(session)).toBeUndefined();
    });
  });
}

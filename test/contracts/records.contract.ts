import { randomUUID } from "node:crypto";
import type { Storage, TranscriptMessage } from "../../src/storage/ports";
import type { OrchestrationEvent } from "../../src/domain/history/orchestration-history";
import type { Json } from "../../src/domain/payload";

const row = (key: string, ms: number, data = {}): OrchestrationEvent => ({
  key,
  type: "tool.called",
  at: new Date(ms).toISOString(),
  stepId: "read.3",
  data,
});
const message = (
  turn: number,
  round: number,
  content: Json = "text",
): TranscriptMessage => ({ key: `${turn}-${round}`, turn, message: content });

export type RecordStorage = Pick<
  Storage,
  "history" | "transcripts" | "payloads"
>;

/** The contract of the ports for history, transcripts and payloads. */
export function recordsContract(open: () => RecordStorage): void {
  describe("history", () => {
    test("is read in the order of time, then of keys", async () => {
      const id = randomUUID();
      await open().history.append(id, [row("b", 2), row("c", 1)]);
      await open().history.append(id, [row("a", 2)]);
      const rows = await open().history.read(id);
      expect(rows).toEqual([row("c", 1), row("a", 2), row("b", 2)]);
    });

    test("keeps the first of several events with the same key", async () => {
      const id = randomUUID();
      await open().history.append(id, [row("a", 1, { n: 1 })]);
      await open().history.append(id, [
        row("a", 1, { n: 2 }),
        row("b", 2, { n: 1 }),
        row("b", 2, { n: 2 }),
      ]);
      expect(await open().history.read(id)).toEqual([
        row("a", 1, { n: 1 }),
        row("b", 2, { n: 1 }),
      ]);
    });

    test("replaces an event", async () => {
      const id = randomUUID();
      const { history } = open();
      await history.replace(id, row("a", 1, { n: 1 }));
      await history.replace(id, row("a", 3, { n: 2 }));
      expect(await history.read(id)).toEqual([row("a", 3, { n: 2 })]);
    });

    test("returns each new event to exactly one of several concurrent calls", async () => {
      const id = randomUUID();
      const { history } = open();
      const toKeys = (rows: readonly OrchestrationEvent[]) =>
        rows.map(({ key }) => key);
      expect(
        toKeys(await history.append(id, [row("a", 1), row("b", 1)])),
      ).toEqual(["a", "b"]);
      const writers = await Promise.all(
        [1, 2, 3, 4].map(() => history.append(id, [row("b", 1), row("c", 1)])),
      );
      expect(writers.flatMap(toKeys)).toEqual(["c"]);
      expect(await history.append(id, [row("c", 1)])).toEqual([]);
      expect(await history.read(id)).toEqual([
        row("a", 1),
        row("b", 1),
        row("c", 1),
      ]);
    });

    test("appends more events than fit into a transaction", async () => {
      const id = randomUUID();
      const rows = Array.from({ length: 230 }, (_, at) =>
        row(String(at).padStart(3, "0"), at, { text: "x".repeat(20_000) }),
      );
      await open().history.append(id, rows);
      expect(await open().history.read(id)).toEqual(rows);
      await open().history.append(id, []);
      expect(await open().history.read("unknown")).toEqual([]);
    });
  });

  describe("transcripts", () => {
    test("are read up to a turn, without excluded turns", async () => {
      const session = `a/b#c?${randomUUID()}`;
      const messages = [1, 2, 3, 4].flatMap((turn) => [
        message(turn, 0),
        message(turn, 1),
      ]);
      expect(await open().transcripts.append(session, messages)).toBe(true);
      const read = await open().transcripts.read(session, {
        turn: 3,
        except: [2],
      });
      expect(read.map(({ key }) => key)).toEqual(["1-0", "1-1", "3-0", "3-1"]);
    });

    test("keep the messages of the first of two writers and none of the second", async () => {
      const session = randomUUID();
      const { transcripts } = open();
      await transcripts.append(session, [message(1, 0, "first")]);
      const second = [message(1, 0, "second"), message(1, 1, "second")];
      expect(await transcripts.append(session, second)).toBe(false);
      const read = await transcripts.read(session, { turn: 1, except: [] });
      expect(read).toEqual([message(1, 0, "first")]);
    });

    test("store messages that are larger than a row", async () => {
      const session = `${"ö".repeat(300)}${randomUUID()}`;
      const large = message(1, 0, { text: "\ud83d\ude00ä".repeat(500_000) });
      const wide = message(1, 1, "\u20ac".repeat(10_000));
      await open().transcripts.append(session, [large, wide]);
      const read = await open().transcripts.read(session, {
        turn: 1,
        except: [],
      });
      expect(read).toEqual([large, wide]);
    });
  });

  describe("payloads", () => {
    test("are inline up to 32 KiB and stored by reference above", async () => {
      const { payloads } = open();
      const small = "x".repeat(32 * 1024 - 2);
      expect(await payloads.put("o.", small)).toEqual({ value: small });
      const large = `${small}ä`;
      const ref = await payloads.put("o.", large);
      expect(ref).toMatchObject({ bytes: 32 * 1024 + 2 });
      expect(await payloads.put("o.", large)).toEqual(ref);
      expect(await payloads.get(ref)).toBe(large);
    });

    test("do not treat a $ref in the caller's value as a reference", async () => {
      const { payloads } = open();
      const value = { $ref: "x", bytes: 1, sha256: "y" };
      expect(await payloads.get(await payloads.put("o", value))).toEqual(value);
    });

    test("that are missing or changed cause internal_error", async () => {
      const { payloads } = open();
      const ref = await payloads.put("o", "x".repeat(40_000));
      if (!("$ref" in ref)) throw new Error("The payload is not a reference.");
      await expect(
        payloads.get({ ...ref, sha256: "0".repeat(64) }),
      ).rejects.toMatchObject({ code: "internal_error" });
      await expect(
        payloads.get({ ...ref, $ref: "o/nothing.json" }),
      ).rejects.toMatchObject({ code: "internal_error" });
    });
  });
}

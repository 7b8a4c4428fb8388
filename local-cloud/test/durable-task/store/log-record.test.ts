import fc from "fast-check";
import {
  encodeRecord,
  type LogRecord,
  scanRecords,
} from "../../../durable-task/store/log-record";

const hub = 7;
const createRecords = (first: number, texts: readonly string[]): LogRecord[] =>
  texts.map((text, index) => ({ sequence: first + index, text }));
const encodeRecords = (
  records: readonly LogRecord[],
  hubNumber = hub,
): Buffer =>
  Buffer.concat(records.map((record) => encodeRecord(hubNumber, record)));
const texts = fc.array(fc.string({ unit: "binary", maxLength: 40 }), {
  minLength: 1,
  maxLength: 8,
});

describe("scanRecords", () => {
  test("returns the records that the database has not applied", () => {
    fc.assert(
      fc.property(texts, fc.nat({ max: 9 }), (all, count) => {
        const records = createRecords(5, all);
        const applied = 4 + Math.min(count, all.length);
        const bytes = encodeRecords(records);
        expect(scanRecords(bytes, hub, applied)).toEqual({
          records: records.filter(({ sequence }) => sequence > applied),
          nextPosition: bytes.length,
          isDamaged: false,
        });
      }),
    );
  });

  test("excludes a last record that is torn at any byte", () => {
    fc.assert(
      fc.property(texts, fc.nat(), (all, cut) => {
        const records = createRecords(1, all);
        const whole = encodeRecords(records.slice(0, -1));
        const last = encodeRecords(records.slice(-1));
        const bytes = Buffer.concat([
          whole,
          last.subarray(0, cut % last.length),
          Buffer.alloc(100),
        ]);
        expect(scanRecords(bytes, hub, 0)).toEqual({
          records: records.slice(0, -1),
          nextPosition: whole.length,
          isDamaged: false,
        });
      }),
    );
  });

  test("reports damage when a byte before the last record has changed", () => {
    fc.assert(
      fc.property(
        texts,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (all, position, change) => {
          const bytes = encodeRecords(createRecords(1, [...all, "last"]));
          const before = encodeRecords(createRecords(1, all)).length;
          const at = position % before;
          bytes[at] = (bytes[at] ?? 0) ^ change;
          expect(scanRecords(bytes, hub, 0).isDamaged).toBe(true);
        },
      ),
    );
  });

  test("does not return older records behind the last one", () => {
    const older = createRecords(1, ["a", "b", "c", "d", "e"]);
    const bytes = encodeRecords(older);
    encodeRecord(hub, { sequence: 6, text: "f" }).copy(bytes);
    expect(scanRecords(bytes, hub, 5)).toMatchObject({
      records: [{ sequence: 6, text: "f" }],
      isDamaged: false,
    });
  });

  test("starts the log at position 0 when the database has applied newer records than all in the log", () => {
    const bytes = encodeRecords(createRecords(1, ["a", "b"]));
    expect(scanRecords(bytes, hub, 9)).toEqual({
      records: [],
      nextPosition: 0,
      isDamaged: false,
    });
    expect(scanRecords(bytes, hub, 2).nextPosition).toBe(bytes.length);
  });

  test("reports damage when a record is missing between the database and the log", () => {
    const bytes = encodeRecords(createRecords(5, ["a", "b"]));
    expect(scanRecords(bytes, hub, 3).isDamaged).toBe(true);
    expect(scanRecords(bytes, hub, 4).isDamaged).toBe(false);
  });

  test("reports damage for the records of another hub and returns none of them", () => {
    const bytes = encodeRecords(createRecords(1, ["a"]), hub + 1);
    expect(scanRecords(bytes, hub, 0)).toMatchObject({
      records: [],
      isDamaged: true,
    });
  });
});

import fc from "fast-check";
import {
  encodeRecord,
  type LogRecord,
  scanRecords,
} from "../../../durable-task/store/log-record";

const hub = 7;
const recordsFrom = (first: number, texts: readonly string[]): LogRecord[] =>
  texts.map((text, index) => ({ sequence: first + index, text }));
const bytesOf = (records: readonly LogRecord[], of = hub): Buffer =>
  Buffer.concat(records.map((record) => encodeRecord(of, record)));
const texts = fc.array(fc.string({ unit: "binary", maxLength: 40 }), {
  minLength: 1,
  maxLength: 8,
});

describe("the records of a commit log", () => {
  test("are read back as they were written, as far as the database lacks them", () => {
    fc.assert(
      fc.property(texts, fc.nat({ max: 9 }), (all, count) => {
        const records = recordsFrom(5, all);
        const applied = 4 + Math.min(count, all.length);
        const bytes = bytesOf(records);
        expect(scanRecords(bytes, hub, applied)).toEqual({
          records: records.filter(({ sequence }) => sequence > applied),
          end: bytes.length,
          isDamaged: false,
        });
      }),
    );
  });

  test("end before a last one that was torn, wherever it was torn", () => {
    fc.assert(
      fc.property(texts, fc.nat(), (all, cut) => {
        const records = recordsFrom(1, all);
        const whole = bytesOf(records.slice(0, -1));
        const last = bytesOf(records.slice(-1));
        const bytes = Buffer.concat([
          whole,
          last.subarray(0, cut % last.length),
          Buffer.alloc(100),
        ]);
        expect(scanRecords(bytes, hub, 0)).toEqual({
          records: records.slice(0, -1),
          end: whole.length,
          isDamaged: false,
        });
      }),
    );
  });

  test("are damaged when any byte of one before the last has changed", () => {
    fc.assert(
      fc.property(
        texts,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (all, position, change) => {
          const bytes = bytesOf(recordsFrom(1, [...all, "the last"]));
          const before = bytesOf(recordsFrom(1, all)).length;
          const at = position % before;
          bytes[at] = (bytes[at] ?? 0) ^ change;
          expect(scanRecords(bytes, hub, 0).isDamaged).toBe(true);
        },
      ),
    );
  });

  test("are written over older ones without being mistaken for them", () => {
    const older = recordsFrom(1, ["a", "b", "c", "d", "e"]);
    const bytes = bytesOf(older);
    encodeRecord(hub, { sequence: 6, text: "f" }).copy(bytes);
    expect(scanRecords(bytes, hub, 5)).toMatchObject({
      records: [{ sequence: 6, text: "f" }],
      isDamaged: false,
    });
  });

  test("begin at the start again when the database has all that is there", () => {
    const bytes = bytesOf(recordsFrom(1, ["a", "b"]));
    expect(scanRecords(bytes, hub, 9)).toEqual({
      records: [],
      end: 0,
      isDamaged: false,
    });
    expect(scanRecords(bytes, hub, 2).nextPosition).toBe(bytes.length);
  });

  test("are damaged when one is missing between the database and the log", () => {
    const bytes = bytesOf(recordsFrom(5, ["a", "b"]));
    expect(scanRecords(bytes, hub, 3).isDamaged).toBe(true);
    expect(scanRecords(bytes, hub, 4).isDamaged).toBe(false);
  });

  test("of another hub are not taken over, and not written over either", () => {
    const bytes = bytesOf(recordsFrom(1, ["a"]), hub + 1);
    expect(scanRecords(bytes, hub, 0)).toMatchObject({
      records: [],
      isDamaged: true,
    });
  });
});

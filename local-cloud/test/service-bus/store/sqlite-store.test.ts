import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { brokerSchemaVersion } from "../../../service-bus/store/sqlite-schema";
import { openBrokerStore } from "../../../service-bus/store/sqlite-store";
import {
  buildMessageRecord,
  brokerStoreContract,
} from "../../contracts/broker-store.contract";

const folder = mkdtempSync(join(tmpdir(), "service-bus-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let opened = 0;
const newPath = () => join(folder, `bus-${(opened += 1)}.db`);

describe("the SQLite store", () => {
  let path = "";
  brokerStoreContract(
    () => openBrokerStore((path = newPath())),
    (store) => {
      store.close();
      return openBrokerStore(path);
    },
  );
});

test("a file of a later version is left alone", () => {
  const path = newPath();
  openBrokerStore(path).close();
  const database = new Database(path);
  database.pragma(`user_version = ${brokerSchemaVersion + 1}`);
  database.close();
  expect(() => openBrokerStore(path)).toThrow(/newer version of the broker/);
});

test("a file that another broker works with is left alone", () => {
  const path = newPath();
  const store = openBrokerStore(path);
  expect(() => openBrokerStore(path)).toThrow(/Another broker works with/);
  store.close();
  openBrokerStore(path).close();
});

test("says in one sentence which file is damaged and what to do", () => {
  const damaged = join(folder, "damaged.db");
  const store = openBrokerStore(damaged);
  const { id } = store.queue("q");
  store.commit(
    Array.from({ length: 200 }, (_, i) => ({
      ...{
        kind: "put" as const,
        queue: id,
        message: buildMessageRecord(i + 1),
      },
      content: Buffer.alloc(500),
    })),
  );
  store.close();
  truncateSync(damaged, 8192);
  expect(() => openBrokerStore(damaged)).toThrow(
    /damaged\.db is damaged .*move it/,
  );
  const text = newPath();
  writeFileSync(text, "this is no database at all, ".repeat(20));
  expect(() => openBrokerStore(text)).toThrow(/is damaged/);
});

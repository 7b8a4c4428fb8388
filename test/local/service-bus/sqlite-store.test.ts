import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { migrations } from "../../../src/local/service-bus/sqlite-schema";
import { openSqliteStore } from "../../../src/local/service-bus/sqlite-store";
import { recordOf, storeContract } from "./store.contract";

const folder = mkdtempSync(join(tmpdir(), "service-bus-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let opened = 0;
const newPath = () => join(folder, `bus-${(opened += 1)}.db`);

describe("the SQLite store", () => {
  let path = "";
  storeContract(
    () => openSqliteStore((path = newPath())),
    (store) => {
      store.close();
      return openSqliteStore(path);
    },
  );
});

test("a file of a later version is left alone", () => {
  const path = newPath();
  openSqliteStore(path).close();
  const database = new Database(path);
  database.pragma(`user_version = ${migrations.length + 1}`);
  database.close();
  expect(() => openSqliteStore(path)).toThrow(/newer version of the broker/);
});

test("a file that another broker works with is left alone", () => {
  const path = newPath();
  const store = openSqliteStore(path);
  expect(() => openSqliteStore(path)).toThrow(/Another broker works with/);
  store.close();
  openSqliteStore(path).close();
});

test("says in one sentence which file is damaged and what to do", () => {
  const damaged = join(folder, "damaged.db");
  const store = openSqliteStore(damaged);
  const { id } = store.queue("q");
  store.commit(
    Array.from({ length: 200 }, (_, i) => ({
      ...{ kind: "put" as const, queue: id, message: recordOf(i + 1) },
      content: Buffer.alloc(500),
    })),
  );
  store.close();
  truncateSync(damaged, 8192);
  expect(() => openSqliteStore(damaged)).toThrow(
    /damaged\.db is damaged .*move it/,
  );
  const text = newPath();
  writeFileSync(text, "this is no database at all, ".repeat(20));
  expect(() => openSqliteStore(text)).toThrow(/is damaged/);
});

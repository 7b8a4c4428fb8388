import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { migrations } from "../../../../src/local/durable-task/store/sqlite-schema";
import { openSqliteStore } from "../../../../src/local/durable-task/store/sqlite-store";
import { instanceOf, storeContract } from "./store.contract";

const folder = mkdtempSync(join(tmpdir(), "task-hub-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let opened = 0;
const newPath = () => join(folder, `hub-${(opened += 1)}.db`);

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

test.each([...migrations.keys()])(
  "a file of version %i is brought to this one with all that is in it",
  async (version) => {
    const path = newPath();
    const database = new Database(path);
    for (const step of migrations.slice(0, version)) database.exec(step);
    database.pragma(`user_version = ${version}`);
    if (version > 0)
      database.exec(`
        insert into instances values ('one', 'x', 'f', '', 'Running', null, null, null, null, null, 5, 6);
        insert into entities (entity_id, "exists", state, updated_at) values ('@a@b', 1, '7', 8);
      `);
    if (version >= 3) database.exec("update entities set created_at = 8");
    database.close();
    const store = openSqliteStore(path);
    if (version > 0) {
      expect(store.unfinished()).toMatchObject([{ instanceId: "one" }]);
      expect(store.entity("@a@b")).toMatchObject({ state: "7", createdAt: 8 });
    }
    await store.commit([{ instances: [instanceOf("two")] }]);
    store.close();
    const again = openSqliteStore(path);
    expect(again.instance("two")).toEqual(instanceOf("two"));
    again.close();
  },
);

test("a file of a later version is left alone", () => {
  const path = newPath();
  openSqliteStore(path).close();
  const database = new Database(path);
  database.pragma(`user_version = ${migrations.length + 1}`);
  database.close();
  expect(() => openSqliteStore(path)).toThrow(/newer version of the task hub/);
});

test("what has not ended is found without reading what has", () => {
  const path = newPath();
  openSqliteStore(path).close();
  const database = new Database(path);
  const plan = database
    .prepare(
      "explain query plan select * from instances where status in ('Pending', 'Running', 'Suspended') order by instance_id",
    )
    .all();
  database.close();
  expect(JSON.stringify(plan)).toContain("USING INDEX unfinished_instances");
});

test("says in one sentence which file is damaged and what to do", async () => {
  const damaged = join(folder, "damaged.db");
  const store = openSqliteStore(damaged);
  await store.commit(
    Array.from({ length: 200 }, (_, i) => ({
      instances: [instanceOf(`i${i}`, { input: "x".repeat(500) })],
    })),
  );
  store.close();
  truncateSync(damaged, 8192);
  expect(() => openSqliteStore(damaged)).toThrow(
    /damaged\.db is damaged .*move it/,
  );
  const text = newPath();
  writeFileSync(
    text,
    "this is no database at all, but long enough to have a header of a hundred bytes in it, which it has",
  );
  expect(() => openSqliteStore(text)).toThrow(/is damaged/);
});

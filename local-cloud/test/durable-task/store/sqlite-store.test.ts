import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { taskHubSchemaVersion } from "../../../durable-task/store/sqlite-schema";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import {
  createTestInstance,
  taskHubStoreContract,
} from "../../contracts/task-hub-store.contract";

const folder = mkdtempSync(join(tmpdir(), "task-hub-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let opened = 0;
const newPath = () => join(folder, `hub-${(opened += 1)}.db`);

describe("the SQLite store", () => {
  let path = "";
  taskHubStoreContract(
    () => openTaskHubStore((path = newPath())),
    (store) => {
      store.close();
      return openTaskHubStore(path);
    },
  );
});

test("a file of a later version is left alone", () => {
  const path = newPath();
  openTaskHubStore(path).close();
  const database = new Database(path);
  database.pragma(`user_version = ${taskHubSchemaVersion + 1}`);
  database.close();
  expect(() => openTaskHubStore(path)).toThrow(/newer version of the task hub/);
});

test("what has not ended is found without reading what has", () => {
  const path = newPath();
  openTaskHubStore(path).close();
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
  const store = openTaskHubStore(damaged);
  await store.commit(
    Array.from({ length: 200 }, (_, i) => ({
      instances: [createTestInstance(`i${i}`, { input: "x".repeat(500) })],
    })),
  );
  store.close();
  truncateSync(damaged, 8192);
  expect(() => openTaskHubStore(damaged)).toThrow(
    /damaged\.db is damaged .*move it/,
  );
  const text = newPath();
  writeFileSync(
    text,
    "this is no database at all, but long enough to have a header of a hundred bytes in it, which it has",
  );
  expect(() => openTaskHubStore(text)).toThrow(/is damaged/);
});

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

let hubCount = 0;
const createPath = () => join(folder, `hub-${(hubCount += 1)}.db`);

describe("the SQLite store", () => {
  let path = "";
  taskHubStoreContract(
    () => openTaskHubStore((path = createPath())),
    (store) => {
      store.close();
      return openTaskHubStore(path);
    },
  );
});

test("rejects a file with a later schema version", () => {
  const path = createPath();
  openTaskHubStore(path).close();
  const database = new Database(path);
  database.pragma(`user_version = ${taskHubSchemaVersion + 1}`);
  database.close();
  expect(() => openTaskHubStore(path)).toThrow(
    /another version of the task hub/,
  );
});

test("finds unfinished instances through their index, without a scan of the ended ones", () => {
  const path = createPath();
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

test("names the damaged file and the remedy", async () => {
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
  const text = createPath();
  writeFileSync(
    text,
    "A text file that is longer than the header of an SQLite database, which has a length of 100 bytes. ",
  );
  expect(() => openTaskHubStore(text)).toThrow(/is damaged/);
});

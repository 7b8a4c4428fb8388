import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTaskHubStore } from "../../../durable-task/store/sqlite-store";
import type { TaskHubStore } from "../../../durable-task/store/task-hub-store";
import { createTestInstance } from "../../contracts/task-hub-store.contract";

const folder = mkdtempSync(join(tmpdir(), "commit-log-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let hubs = 0;
/** A hub's files, copied as the end of the process would leave them at this moment. */
const newHub = () => {
  const path = join(folder, `hub-${(hubs += 1)}.db`);
  const log = path.replace(/db$/, "log");
  const afterCrash = (): { path: string; log: string } => {
    const copy = join(folder, `hub-${(hubs += 1)}`);
    for (const end of ["db", "db-wal", "log"])
      if (existsSync(path.replace(/db$/, end)))
        copyFileSync(path.replace(/db$/, end), `${copy}.${end}`);
    return { path: `${copy}.db`, log: `${copy}.log` };
  };
  return { path, log, afterCrash };
};

const ids = (store: TaskHubStore): readonly string[] =>
  store.instances({}).map(({ instanceId }) => instanceId);

describe("a store whose process ends at any moment", () => {
  test("has all that was committed, and goes on", async () => {
    const { path, afterCrash } = newHub();
    const store = openTaskHubStore(path);
    await store.commit([{ instances: [createTestInstance("one")] }]);
    await store.commit([
      { advanced: [createTestInstance("one", { status: "Running" })] },
    ]);
    const left = afterCrash();
    store.close();
    const next = openTaskHubStore(left.path);
    expect(next.instance("one")).toEqual(
      createTestInstance("one", { status: "Running" }),
    );
    await next.commit([{ instances: [createTestInstance("two")] }]);
    next.close();
    const last = openTaskHubStore(left.path);
    expect(ids(last)).toEqual(["one", "two"]);
    last.close();
  });

  test("lacks only the commit that was being written", async () => {
    const { path, afterCrash } = newHub();
    const store = openTaskHubStore(path);
    await store.commit([{ instances: [createTestInstance("one")] }]);
    const end = readFileSync(path.replace(/db$/, "log")).indexOf(
      Buffer.alloc(64),
    );
    await store.commit([{ instances: [createTestInstance("two")] }]);
    const left = afterCrash();
    store.close();
    const bytes = readFileSync(left.log);
    bytes.fill(0, end + 40); // the rest did not get to the disk
    writeFileSync(left.log, bytes);
    const next = openTaskHubStore(left.path);
    expect(ids(next)).toEqual(["one"]);
    next.close();
  });

  test("has everything however often the log began anew", async () => {
    const { path, afterCrash } = newHub();
    const store = openTaskHubStore(path);
    const input = JSON.stringify("x".repeat(300_000));
    const count = 100; // 30 MB through a log of 8
    for (let i = 0; i < count; i += 1)
      await store.commit([
        { instances: [createTestInstance(`i${i}`, { input })] },
      ]);
    const left = afterCrash();
    expect(ids(store)).toHaveLength(count);
    store.close();
    const next = openTaskHubStore(left.path);
    expect(ids(next)).toHaveLength(count);
    expect(next.instance("i42")).toEqual(createTestInstance("i42", { input }));
    next.close();
  });

  test("has a commit that is larger than the whole log", async () => {
    const { path, afterCrash } = newHub();
    const store = openTaskHubStore(path);
    const input = JSON.stringify("x".repeat(9_000_000));
    await store.commit([{ instances: [createTestInstance("small")] }]);
    await store.commit([
      { instances: [createTestInstance("large", { input })] },
    ]);
    await store.commit([{ instances: [createTestInstance("later")] }]);
    const left = afterCrash();
    store.close();
    const next = openTaskHubStore(left.path);
    expect(next.instance("large")?.input).toHaveLength(9_000_002);
    expect(ids(next)).toEqual(["large", "later", "small"]);
    next.close();
  });
});

test("a store that was closed leaves one file", async () => {
  const { path, log } = newHub();
  const store = openTaskHubStore(path);
  await store.commit([{ instances: [createTestInstance("one")] }]);
  expect(existsSync(log)).toBe(true);
  store.close();
  expect(existsSync(log)).toBe(false);
});

const says = /commit log .*is damaged.* move both away/;

test("a log of which a byte has changed is said to be damaged", async () => {
  const { path, afterCrash } = newHub();
  const store = openTaskHubStore(path);
  for (const id of ["one", "two", "three"])
    await store.commit([{ instances: [createTestInstance(id)] }]);
  const left = afterCrash();
  store.close();
  const bytes = readFileSync(left.log);
  bytes[50] = (bytes[50] ?? 0) ^ 1;
  writeFileSync(left.log, bytes);
  expect(() => openTaskHubStore(left.path)).toThrow(says);
});

test("a database that is older than what its log begins with is said so", async () => {
  const { path, afterCrash } = newHub();
  openTaskHubStore(path).close();
  const old = join(folder, "old.db");
  copyFileSync(path, old);
  const store = openTaskHubStore(path);
  const input = JSON.stringify("x".repeat(1_000_000));
  for (let i = 0; i < 9; i += 1)
    await store.commit([
      { instances: [createTestInstance(`i${i}`, { input })] },
    ]);
  const left = afterCrash();
  store.close();
  for (const end of ["", "-wal"]) rmSync(`${left.path}${end}`, { force: true });
  copyFileSync(old, left.path);
  expect(() => openTaskHubStore(left.path)).toThrow(says);
});

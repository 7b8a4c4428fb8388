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
import { copyHubFiles } from "../../support/durable-task/crash-files";
import { createTestInstance } from "../../contracts/task-hub-store.contract";

const folder = mkdtempSync(join(tmpdir(), "commit-log-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let hubCount = 0;
/** The paths of a new hub. `copyAfterCrash` copies its files as the end of the process would leave them now. */
const createHubPaths = () => {
  const path = join(folder, `hub-${(hubCount += 1)}.db`);
  const log = path.replace(/db$/, "log");
  const copyAfterCrash = (): { path: string; log: string } => {
    const copy = join(folder, `hub-${(hubCount += 1)}`);
    copyHubFiles(path.replace(/\.db$/, ""), copy);
    return { path: `${copy}.db`, log: `${copy}.log` };
  };
  return { path, log, copyAfterCrash };
};

const listIds = (store: TaskHubStore): readonly string[] =>
  store.instances({}).map(({ instanceId }) => instanceId);

describe("a store after a crash", () => {
  test("contains all commits and accepts new ones", async () => {
    const { path, copyAfterCrash } = createHubPaths();
    const store = openTaskHubStore(path);
    await store.commit([{ instances: [createTestInstance("one")] }]);
    await store.commit([
      { advanced: [createTestInstance("one", { status: "Running" })] },
    ]);
    const copy = copyAfterCrash();
    store.close();
    const next = openTaskHubStore(copy.path);
    expect(next.instance("one")).toEqual(
      createTestInstance("one", { status: "Running" }),
    );
    await next.commit([{ instances: [createTestInstance("two")] }]);
    next.close();
    const last = openTaskHubStore(copy.path);
    expect(listIds(last)).toEqual(["one", "two"]);
    last.close();
  });

  test("contains all commits except the one that was not completely written", async () => {
    const { path, copyAfterCrash } = createHubPaths();
    const store = openTaskHubStore(path);
    await store.commit([{ instances: [createTestInstance("one")] }]);
    const end = readFileSync(path.replace(/db$/, "log")).indexOf(
      Buffer.alloc(64),
    );
    await store.commit([{ instances: [createTestInstance("two")] }]);
    const copy = copyAfterCrash();
    store.close();
    const bytes = readFileSync(copy.log);
    bytes.fill(0, end + 40);
    writeFileSync(copy.log, bytes);
    const next = openTaskHubStore(copy.path);
    expect(listIds(next)).toEqual(["one"]);
    next.close();
  });

  test("contains all commits after the log has been overwritten several times", async () => {
    const { path, copyAfterCrash } = createHubPaths();
    const store = openTaskHubStore(path);
    const input = JSON.stringify("x".repeat(300_000));
    const count = 100; // 30 MB, through a log of 8 MB
    for (let i = 0; i < count; i += 1)
      await store.commit([
        { instances: [createTestInstance(`i${i}`, { input })] },
      ]);
    const copy = copyAfterCrash();
    expect(listIds(store)).toHaveLength(count);
    store.close();
    const next = openTaskHubStore(copy.path);
    expect(listIds(next)).toHaveLength(count);
    expect(next.instance("i42")).toEqual(createTestInstance("i42", { input }));
    next.close();
  });

  test("contains a commit that is larger than the log", async () => {
    const { path, copyAfterCrash } = createHubPaths();
    const store = openTaskHubStore(path);
    const input = JSON.stringify("x".repeat(9_000_000));
    await store.commit([{ instances: [createTestInstance("small")] }]);
    await store.commit([
      { instances: [createTestInstance("large", { input })] },
    ]);
    await store.commit([{ instances: [createTestInstance("later")] }]);
    const copy = copyAfterCrash();
    store.close();
    const next = openTaskHubStore(copy.path);
    expect(next.instance("large")?.input).toHaveLength(9_000_002);
    expect(listIds(next)).toEqual(["large", "later", "small"]);
    next.close();
  });
});

test("removes its log when it is closed", async () => {
  const { path, log } = createHubPaths();
  const store = openTaskHubStore(path);
  await store.commit([{ instances: [createTestInstance("one")] }]);
  expect(existsSync(log)).toBe(true);
  store.close();
  expect(existsSync(log)).toBe(false);
});

const damagedMessage = /commit log .*is damaged.* move both away/;

test("reports a log with a changed byte as damaged", async () => {
  const { path, copyAfterCrash } = createHubPaths();
  const store = openTaskHubStore(path);
  for (const id of ["one", "two", "three"])
    await store.commit([{ instances: [createTestInstance(id)] }]);
  const copy = copyAfterCrash();
  store.close();
  const bytes = readFileSync(copy.log);
  bytes[50] = (bytes[50] ?? 0) ^ 1;
  writeFileSync(copy.log, bytes);
  expect(() => openTaskHubStore(copy.path)).toThrow(damagedMessage);
});

test("reports a database that is older than the first record of its log as damaged", async () => {
  const { path, copyAfterCrash } = createHubPaths();
  openTaskHubStore(path).close();
  const old = join(folder, "old.db");
  copyFileSync(path, old);
  const store = openTaskHubStore(path);
  const input = JSON.stringify("x".repeat(1_000_000));
  for (let i = 0; i < 9; i += 1)
    await store.commit([
      { instances: [createTestInstance(`i${i}`, { input })] },
    ]);
  const copy = copyAfterCrash();
  store.close();
  for (const suffix of ["", "-wal"])
    rmSync(`${copy.path}${suffix}`, { force: true });
  copyFileSync(old, copy.path);
  expect(() => openTaskHubStore(copy.path)).toThrow(damagedMessage);
});

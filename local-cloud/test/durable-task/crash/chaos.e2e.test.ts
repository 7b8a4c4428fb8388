import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { crc32 } from "node:zlib";
import { EventType } from "../../../durable-task/model/history-event";
import { eventually } from "../../support/shared/eventually";
import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";
import { readTaskHubCopy } from "../../support/durable-task/task-hub-copy";

/** `npm run test:soak` asks for the whole measure. */
const isSoak = process.env["AOS_SOAK"] === "1";
const orchestrations = isSoak ? 1000 : 150;
const kills = isSoak ? 20 : 4;
const steps = 20;

const seed = Number(process.env["AOS_CHAOS_SEED"] ?? Date.now() % 1_000_000);
/** Where in its span the kill of that number falls: 0 to 1, the same for the same seed. */
const moment = (kill: number): number => crc32(`${seed} ${kill}`) / 2 ** 32;
const moments: number[] = [];

const folder = createTemporaryFolder();
const data = join(folder, "data");
const trace = join(folder, "trace");
let host: ListeningProcess;
afterAll(() => host.stop());

const start = (): Promise<ListeningProcess> =>
  startHostCommand({
    app: resolve("local-cloud/test/fixtures/traced-chain"),
    data,
    env: { TRACE_FILE: trace },
  });
const begun = (): readonly string[] =>
  readFileSync(trace, "utf8").split("\n").slice(0, -1);
const instances = () => `${host.url}/runtime/webhooks/durabletask/instances`;

/** Steps whose result is on disk, as they are traced. */
const recorded = (): ReadonlySet<string> =>
  readTaskHubCopy(
    data,
    (store) =>
      new Set(
        store
          .instances({})
          .flatMap(({ instanceId }) =>
            store
              .history(instanceId)
              .flatMap(({ event }) =>
                event.EventType === EventType.TaskCompleted
                  ? [`${instanceId} ${event.TaskScheduledId}`]
                  : [],
              ),
          ),
      ),
  );

async function startAll(): Promise<void> {
  const ids = Array.from({ length: orchestrations }, (_, n) => `chain-${n}`);
  const next = ids.values();
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (const id of next) {
        const url = `${host.url}/runtime/webhooks/durabletask/orchestrators/chain/${id}`;
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: String(steps),
        });
        expect(response.status).toBe(202);
      }
    }),
  );
}

interface Status {
  readonly runtimeStatus: string;
  readonly output: unknown;
}

async function everything(): Promise<readonly Status[]> {
  const found: Status[] = [];
  let token = "";
  do {
    const page = await fetch(`${instances()}?top=500`, {
      headers: { "x-ms-continuation-token": token },
    });
    found.push(...((await page.json()) as Status[]));
    token = page.headers.get("x-ms-continuation-token") ?? "";
  } while (token !== "");
  return found;
}

test("no orchestration is lost, wrong or run again from what was recorded, however often the host is killed", async () => {
  writeFileSync(trace, "");
  host = await start();
  await startAll();
  const total = orchestrations * steps;
  const killings: {
    readonly at: number;
    readonly known: ReadonlySet<string>;
  }[] = [];
  const recoveryMs: number[] = [];
  process.stdout.write(
    `AOS_CHAOS_SEED=${seed} repeats the moments of the kills\n`,
  );
  for (let kill = 0; kill < kills; kill++) {
    const before = begun().length;
    const share = ((total - before) / (kills - kill + 1)) * 0.9;
    const target = before + Math.ceil(moment(kill) * share);
    await eventually(() => {
      expect(begun().length).toBeGreaterThanOrEqual(target);
      return Promise.resolve();
    });
    await host.kill();
    moments.push(begun().length);
    killings.push({ at: begun().length, known: recorded() });
    const killedAt = Date.now();
    host = await start();
    recoveryMs.push(Date.now() - killedAt);
  }
  const all = await eventually(async () => {
    const found = await everything();
    const running = found.filter((one) => one.runtimeStatus !== "Completed");
    expect(running).toEqual([]);
    return found;
  }, 120_000);
  expect(all).toHaveLength(orchestrations);
  const sum = (steps * (steps - 1)) / 2;
  expect(all.filter(({ output }) => output !== sum)).toEqual([]);
  const history = begun();
  for (const { at, known } of killings) {
    expect(known.size).toBeGreaterThan(0);
    expect(history.slice(at).filter((step) => known.has(step))).toEqual([]);
  }
  if (isSoak)
    process.stdout.write(
      `killed when so many steps had begun: ${moments.join(" ")}\n` +
        `from the start of the process to listening, ms: ${recoveryMs.join(" ")}\n`,
    );
}, 600_000);

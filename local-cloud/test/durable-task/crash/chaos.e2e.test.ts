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

/** `npm run test:soak` sets it. */
const isSoak = process.env["SOAK"] === "1";
const steps = 20;

const seed = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);
/** A pseudo-random number in [0, 1) for the moment of a kill, which depends on the seed only. */
const killMoment = (kill: number): number => crc32(`${seed} ${kill}`) / 2 ** 32;

/** A chain gives every action the same number in each run of an episode, so its output is right in the fault mode, too. */
const modes = [
  {
    mode: "the host is killed repeatedly",
    orchestrations: isSoak ? 1000 : 150,
    kills: isSoak ? 20 : 4,
    rate: 0,
  },
  {
    mode: "the host is killed repeatedly and loses episodes",
    orchestrations: isSoak ? 500 : 50,
    kills: isSoak ? 10 : 2,
    rate: 0.2,
  },
];

const folder = createTemporaryFolder();
let data: string;
let traceFile: string;
let host: ListeningProcess;
let runs = 0;
beforeEach(() => {
  runs += 1;
  data = join(folder, `data-${runs}`);
  traceFile = join(folder, `trace-${runs}`);
});
afterEach(() => host.stop());

const startHost = (rate: number): Promise<ListeningProcess> =>
  startHostCommand({
    app: resolve("local-cloud/test/fixtures/traced-chain"),
    data,
    env: {
      TRACE_FILE: traceFile,
      ...(rate > 0 && {
        AZURE_LOCAL_CLOUD_LOST_EPISODES: JSON.stringify({ seed, rate }),
      }),
    },
  });
const readStartedSteps = (): readonly string[] =>
  readFileSync(traceFile, "utf8").split("\n").slice(0, -1);
const instancesUrl = () => `${host.url}/runtime/webhooks/durabletask/instances`;

/** Steps whose result is durable, in the format of the trace. */
const readRecordedSteps = (): ReadonlySet<string> =>
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

async function startOrchestrations(count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, n) => `chain-${n}`);
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

async function listInstances(): Promise<readonly Status[]> {
  const found: Status[] = [];
  let token = "";
  do {
    const page = await fetch(`${instancesUrl()}?top=500`, {
      headers: { "x-ms-continuation-token": token },
    });
    found.push(...((await page.json()) as Status[]));
    token = page.headers.get("x-ms-continuation-token") ?? "";
  } while (token !== "");
  return found;
}

test.each(modes)(
  "completes every orchestration with the right output, and repeats no recorded step, when $mode",
  async ({ orchestrations, kills, rate }) => {
    writeFileSync(traceFile, "");
    host = await startHost(rate);
    await startOrchestrations(orchestrations);
    const startedStepsAtKills: number[] = [];
    const total = orchestrations * steps;
    const killed: {
      readonly startedSteps: number;
      readonly recorded: ReadonlySet<string>;
    }[] = [];
    const recoveryMs: number[] = [];
    process.stdout.write(
      `CHAOS_SEED=${seed} repeats the moments of these kills\n`,
    );
    for (let kill = 0; kill < kills; kill++) {
      const before = readStartedSteps().length;
      const share = ((total - before) / (kills - kill + 1)) * 0.9;
      const target = before + Math.ceil(killMoment(kill) * share);
      await eventually(() => {
        expect(readStartedSteps().length).toBeGreaterThanOrEqual(target);
        return Promise.resolve();
      });
      await host.kill();
      startedStepsAtKills.push(readStartedSteps().length);
      killed.push({
        startedSteps: readStartedSteps().length,
        recorded: readRecordedSteps(),
      });
      const killedAt = Date.now();
      host = await startHost(rate);
      recoveryMs.push(Date.now() - killedAt);
    }
    const all = await eventually(async () => {
      const found = await listInstances();
      const running = found.filter((one) => one.runtimeStatus !== "Completed");
      expect(running).toEqual([]);
      return found;
    }, 120_000);
    expect(all).toHaveLength(orchestrations);
    const sum = (steps * (steps - 1)) / 2;
    expect(all.filter(({ output }) => output !== sum)).toEqual([]);
    const trace = readStartedSteps();
    for (const { startedSteps, recorded } of killed) {
      expect(recorded.size).toBeGreaterThan(0);
      expect(
        trace.slice(startedSteps).filter((step) => recorded.has(step)),
      ).toEqual([]);
    }
    // Lost episodes have started steps that are started again.
    if (rate > 0) expect(trace.length).toBeGreaterThan(total * (1 + rate / 2));
    if (isSoak)
      process.stdout.write(
        `Started steps at each kill: ${startedStepsAtKills.join(" ")}\n` +
          `Recovery time in ms, from the start of the process until it listens: ${recoveryMs.join(" ")}\n`,
      );
  },
  600_000,
);

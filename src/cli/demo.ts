import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { composeLocalCloud } from "azure-local-cloud";
import { createConsoleLog, printLine } from "azure-local-cloud/cli";
import { DemoError, runDemoByMessage } from "./demo-message";
import { type DemoProgress, formatProgress } from "./demo-progress";
import { packageFolder } from "./package-folder";

const workflow = "document-review";

/** Runs the sample workflow in a temporary local cloud, over HTTP and by message, and prints its progress. */
export async function runDemoCommand(): Promise<void> {
  const dataFolder = await mkdtemp(join(tmpdir(), "aos-demo-"));
  try {
    printLine(
      "Starting the local cloud: Functions host, task hub, storage and Service Bus …",
    );
    await using cloud = await composeLocalCloud({
      app: packageFolder,
      port: 0,
      dataFolder,
      auth: false,
      storage: "always",
      serviceBus: { start: "always", port: 0 },
      log: createConsoleLog(process.stderr, "quiet"),
    });
    const { url } = cloud.host;
    printLine(`Listening on ${url}\n`);
    await runDemoOverHttp(`${url}/api/orchestrations`);
    // Undefined when the environment names a real namespace: the demo sends no messages to that.
    if (cloud.serviceBus !== undefined)
      await runDemoByMessage(cloud.serviceBus.connectionString);
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

interface DemoOrchestration extends DemoProgress {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly links: { readonly self: string; readonly result: string };
}

async function runDemoOverHttp(url: string): Promise<void> {
  const startedAt = Date.now();
  printLine(`POST ${url}  {"workflow":"${workflow}"}\n`);
  const started = await fetchJson<DemoOrchestration>(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ workflow }),
  });
  const ended = await printUntilEnded(started.links.self);
  if (ended.status !== "completed")
    throw new DemoError(
      `The workflow ended as ${ended.status}: ${ended.error?.message ?? "no reason was given"}`,
    );
  const result = await fetchJson<{
    readonly report: string;
    readonly path: string;
  }>(ended.links.result);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const { modelCalls, toolCalls, inputTokens, outputTokens } = ended.usage;
  printLine(`\n${result.report.trim()}\n`);
  printLine(
    `Done in ${seconds} s: ${modelCalls} model calls, ${toolCalls} tool calls, ${inputTokens} tokens in, ${outputTokens} tokens out.`,
  );
  printLine(`The report is in ${result.path}`);
}

const endedStatuses = ["completed", "failed", "terminated"];

/** Prints every change of a step. */
async function printUntilEnded(url: string): Promise<DemoOrchestration> {
  let previous: DemoProgress | undefined;
  for (;;) {
    const current = await fetchJson<DemoOrchestration>(url);
    for (const line of formatProgress(previous, current)) printLine(line);
    if (endedStatuses.includes(current.status)) return current;
    previous = current;
    await wait(50);
  }
}

async function fetchJson<Body>(url: string, init?: RequestInit): Promise<Body> {
  const response = await fetch(url, init);
  if (response.ok) return (await response.json()) as Body;
  throw new DemoError(
    `${url} responded with ${response.status}: ${await response.text()}`,
  );
}

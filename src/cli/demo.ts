import { relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDemoByMessage, DemoError } from "./demo-message";
import { type DemoProgress, progressLines } from "./demo-progress";
import {
  composeLocalCloud,
  printLine,
  withDisposables,
} from "azure-local-cloud";
import { projectFolder } from "./project-folder";

const workflow = "document-review";

/** Runs the sample workflow on a local cloud of its own, shows it at work, and leaves nothing running. */
export async function runDemoCommand(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "aos-demo-"));
  try {
    await withDisposables(async (own) => {
      printLine(
        "Starting the local cloud: Functions host, task hub, storage and Service Bus …",
      );
      let connectionString = "";
      const { url } = await composeLocalCloud(own, {
        app: projectFolder,
        storage: "always",
        serviceBus: {
          when: "always",
          port: 0,
          onListening: (broker) => {
            connectionString = broker.connectionString;
          },
        },
        port: 0,
        data,
        auth: false,
        verbosity: "quiet",
      });
      printLine(`Listening on ${url}\n`);
      await review(`${url}/api/orchestrations`);
      // One that the environment names is not the demo's to send to.
      if (connectionString !== "") await runDemoByMessage(connectionString);
    });
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

interface Orchestration extends DemoProgress {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly links: { readonly self: string; readonly result: string };
}

async function review(collection: string): Promise<void> {
  const startedAt = Date.now();
  printLine(`POST ${collection}  {"workflow":"${workflow}"}\n`);
  const started = await answer<Orchestration>(collection, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ workflow }),
  });
  const ended = await follow(started);
  if (ended.status !== "completed")
    throw new DemoError(
      `The workflow ended as ${ended.status}: ${ended.error?.message ?? "no reason was given"}`,
    );
  const result = await answer<{
    readonly report: string;
    readonly path: string;
  }>(ended.links.result);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const { modelCalls, toolCalls, inputTokens, outputTokens } = ended.usage;
  printLine(`\n${result.report.trim()}\n`);
  printLine(
    `Done in ${seconds} s: ${modelCalls} model calls, ${toolCalls} tool calls, ${inputTokens} tokens in, ${outputTokens} tokens out.`,
  );
  printLine(`The report is in ${relative(projectFolder, result.path)}`);
}

/** Prints every change of a step until the orchestration has ended. */
async function follow(orchestration: Orchestration): Promise<Orchestration> {
  const { self } = orchestration.links;
  const ended = ["completed", "failed", "cancelled", "terminated"];
  let before: DemoProgress | undefined;
  for (;;) {
    const now = await answer<Orchestration>(self);
    for (const line of progressLines(before, now)) printLine(line);
    if (ended.includes(now.status)) return now;
    before = now;
    await wait(50);
  }
}

async function answer<Body>(url: string, init?: RequestInit): Promise<Body> {
  const response = await fetch(url, init);
  if (response.ok) return (await response.json()) as Body;
  throw new DemoError(
    `${url} answered ${response.status}: ${await response.text()}`,
  );
}

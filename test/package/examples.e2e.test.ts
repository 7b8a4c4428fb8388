/** Installs the packed packages with npm, as a user does, and runs the examples. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTemporaryFolder } from "../../local-cloud/test/support/shared/temporary-folder";
import { createApiClient } from "../support/http/api-client";
import {
  type ExampleName,
  installExample,
  type PackedPackages,
  packPackages,
  startExample,
} from "../support/package/install-example";

const folder = createTemporaryFolder();
const installMs = 300_000;
const isSoak = process.env["SOAK"] === "1";

let packages: PackedPackages;
const minimal = join(folder, "minimal");
beforeAll(() => {
  packages = packPackages(folder);
  mkdirSync(minimal);
  installExample("minimal", minimal, packages);
}, installMs);

/** Reuses the installed packages of the example `minimal`, except in the soak test. */
function install(name: ExampleName): string {
  const app = join(folder, name);
  mkdirSync(app);
  installExample(name, app, packages, isSoak ? undefined : minimal);
  return app;
}

/** Runs a workflow until it is completed, and returns its output. */
async function runWorkflow(url: string, workflow: string, input: object) {
  const api = createApiClient(url);
  const { body } = await api.start({ workflow, input });
  const ended = await api.status(body.id, "60s");
  expect(ended.body).toMatchObject({ status: "completed" });
  return (await api.get(`orchestrations/${body.id}/result`)).body;
}

test("minimal: runs an agent with a tool for each text", async () => {
  await using aos = await startExample(minimal);
  const output = await runWorkflow(aos.url, "shorten", {
    texts: ["A long text about a short subject.", "Short."],
  });
  expect(output).toEqual({
    shortened: [
      expect.stringContaining("A long text about a "),
      expect.stringContaining("Short."),
    ] as unknown,
  });
  expect(aos.output()).toContain("Data   .aos\n");
});

test(
  "pipelines: sends a response message for a request message",
  async () => {
    const app = install("pipelines");
    await using aos = await startExample(app);
    const connectionString = /Endpoint=sb:\S+/.exec(aos.output())?.[0] ?? "";
    const response = execFileSync(
      process.execPath,
      [join(app, "dist/send-ticket.js"), connectionString],
      { encoding: "utf8" },
    );
    expect(JSON.parse(response)).toMatchObject({
      status: "completed",
      output: {
        plan: "premium",
        urgent: true,
        answer: expect.stringContaining(
          "Plan: premium. Ticket: Our shop is down.",
        ) as unknown,
      },
    });
  },
  installMs,
);

test(
  "own-model: calls the model provider that the app defines instead of the configured one",
  async () => {
    const app = install("own-model");
    const requests: unknown[] = [];
    const ollama = createServer((request, response) => {
      request.setEncoding("utf8");
      let body = "";
      request.on("data", (chunk: string) => (body += chunk));
      request.on("end", () => {
        if (request.url === "/api/chat") requests.push(JSON.parse(body));
        response.end(
          JSON.stringify({
            model: "llama3.2",
            message: { role: "assistant", content: "It has no evidence." },
            done_reason: "stop",
            prompt_eval_count: 21,
            eval_count: 5,
          }),
        );
      });
    }).listen(0, "127.0.0.1");
    await once(ollama, "listening");
    const { port } = ollama.address() as AddressInfo;
    await using aos = await startExample(app, {
      OLLAMA_URL: `http://127.0.0.1:${port}`,
    });
    const output = await runWorkflow(aos.url, "criticize", {
      text: "The earth is flat.",
    });
    expect(output).toBe("It has no evidence.");
    expect(requests).toMatchObject([
      {
        model: "llama3.2",
        messages: [{ role: "system" }, { role: "user" }],
      },
    ]);
    const ready = await createApiClient(aos.url).get<{
      readonly checks: Readonly<Record<string, unknown>>;
    }>("health/ready");
    expect(ready.body.checks["model"]).toMatchObject({
      status: "ok",
      provider: "ollama",
    });
    ollama.close();
    ollama.closeAllConnections();
  },
  installMs,
);

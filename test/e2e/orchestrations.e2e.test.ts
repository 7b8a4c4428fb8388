import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OrchestrationView } from "../../src/http/views/orchestration-view";
import {
  createApiClient,
  type ProblemBody,
  pollUntil,
} from "../support/http/api-client";
import { type AosProcess, startAos } from "../support/cli/aos-process";

let cloud: AosProcess;
let api: ReturnType<typeof createApiClient>;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "aos-e2e-"));
  await mkdir(join(folder, "documents"));
  await mkdir(join(folder, "reports/taken"), { recursive: true });
  await writeFile(join(folder, "documents/memo.txt"), "Pay 5 EUR by Friday.");
  process.env["AOS_DOCUMENTS_FOLDER"] = join(folder, "documents");
  process.env["AOS_REPORTS_FOLDER"] = join(folder, "reports");
  cloud = await startAos();
  api = createApiClient(cloud.url);
});
afterAll(() => cloud.stop());

interface List {
  readonly items: readonly OrchestrationView[];
  readonly cursor?: string;
}

/** Lists the documents and returns its input with their number. */
const echo = {
  name: "echo",
  version: "1",
  steps: [{ id: "look", kind: "tool", tool: "listDocuments" }],
  output: { text: "${input.text}", documents: "${size(steps.look.output)}" },
};
/** Its second step saves a report under the name of a folder: the tool fails, and one retry follows after 3 s. */
const failing = {
  name: "failing",
  version: "1",
  steps: [
    { id: "look", kind: "tool", tool: "listDocuments" },
    {
      id: "save",
      kind: "tool",
      tool: "saveReport",
      input: { name: "taken", text: "A report." },
      retry: { maxAttempts: 2, firstDelay: "3s" },
    },
    {
      id: "open",
      kind: "tool",
      tool: "readDocument",
      input: { name: "${steps.save.output.path}" },
    },
  ],
};

describe("starting an orchestration", () => {
  test("returns 202 with the location, then the status and the result", async () => {
    const started = await api.start({
      definition: echo,
      input: { text: "hello" },
    });
    const { id, links } = started.body;
    expect(started.status).toBe(202);
    expect(started.headers.get("location")).toBe(
      `${cloud.url}/api/orchestrations/${id}`,
    );
    expect(started.headers.get("retry-after")).toBe("1");
    expect(started.headers.get("x-aos-request-id")).toBeTruthy();
    expect(started.body).toMatchObject({
      status: "pending",
      steps: [{ id: "look", kind: "tool", status: "pending", attempt: 0 }],
    });

    const ended = await api.status(id, "30s");
    expect(ended.body).toMatchObject({
      status: "completed",
      progress: { done: 1, total: 1 },
      steps: [{ id: "look", status: "completed", attempt: 1 }],
    });
    const result = await (await fetch(links.result)).json();
    expect(result).toEqual({ text: "hello", documents: 1 });
  });

  test("returns the history in pages, oldest event first", async () => {
    const { body } = await api.start({ definition: echo, input: { text: "" } });
    await api.status(body.id, "30s");
    interface Rows {
      readonly items: readonly {
        readonly key: string;
        readonly type: string;
      }[];
      readonly next?: string;
    }
    const history = `orchestrations/${body.id}/history`;
    const all = (await api.get<Rows>(history)).body;
    expect(all.items.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        "orchestration.started",
        "step.started",
        "tool.called",
        "step.completed",
        "orchestration.completed",
      ]),
    );
    const first = (await api.get<Rows>(`${history}?limit=2`)).body;
    const rest = (
      await api.get<Rows>(
        `${history}?after=${encodeURIComponent(first.next ?? "")}`,
      )
    ).body;
    expect([...first.items, ...rest.items]).toEqual(all.items);
  });
});

describe("an orchestration with a failing tool", () => {
  test("shows the status of each step, then the error of the failed step; AOS stays live", async () => {
    const { body } = await api.start({ definition: failing });
    const running = await pollUntil(
      () => api.status(body.id),
      ({ body: { steps } }) => steps[0]?.status === "completed",
    );
    expect(running.body.steps[2]).toMatchObject({ status: "pending" });
    const unfinished = await api.get<ProblemBody>(
      `orchestrations/${body.id}/result`,
    );
    expect(unfinished).toMatchObject({
      status: 409,
      body: { code: "not_finished" },
    });
    expect(unfinished.headers.get("retry-after")).toBe("1");

    const ended = await api.status(body.id, "60s");
    expect(ended.body).toMatchObject({
      status: "failed",
      error: { code: "tool_failed" },
      steps: [
        { status: "completed" },
        { status: "failed", attempt: 2, error: { code: "tool_failed" } },
        { status: "skipped" },
      ],
    });
    const result = await api.get(`orchestrations/${body.id}/result`);
    expect(result).toMatchObject({
      status: 200,
      body: { status: "failed", error: { code: "tool_failed" } },
    });
    expect((await api.get("health/live")).status).toBe(200);
  });
});

describe("a repeated request", () => {
  const request = { definition: echo, input: { text: "once" } };

  test("with the same idempotency key returns 200 with the existing orchestration", async () => {
    const key = { "idempotency-key": "order 1 / any characters" };
    const first = await api.start(request, key);
    const second = await api.start(request, key);
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(second.headers.get("x-aos-idempotent-replay")).toBe("true");
    expect(second.body.id).toBe(first.body.id);
  });

  test("sent 20 times concurrently starts one orchestration", async () => {
    const key = { "idempotency-key": "twenty concurrent" };
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => api.start(request, key)),
    );
    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(19).fill(200), 202]);
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    const id = responses[0]?.body.id ?? "";
    expect((await api.status(id, "30s")).body.status).toBe("completed");
  });

  test("with another body returns 409", async () => {
    await api.start({ ...request, id: "order-2" });
    const other = { ...request, id: "order-2", input: { text: "twice" } };
    expect(await api.start(other)).toMatchObject({
      status: 409,
      body: { code: "idempotency_conflict" },
    });
  });
});

describe("the list", () => {
  test("returns orchestrations newest first, filtered and in pages", async () => {
    const ids = ["list-1", "list-2", "list-3"];
    for (const id of ids) {
      const tags = { suite: "list", id };
      await api.start({ definition: echo, input: { text: id }, id, tags });
      await api.status(id, "30s");
    }
    const list = async (query: string) =>
      (await api.get<List>(`orchestrations?${query}`)).body;
    const listIds = ({ items }: List) => items.map(({ id }) => id);

    expect(listIds(await list("tag=suite:list"))).toEqual([...ids].reverse());
    expect(listIds(await list("tag=id:list-2&workflow=echo"))).toEqual([
      "list-2",
    ]);
    expect(listIds(await list("tag=suite:list&status=failed"))).toEqual([]);
    expect(
      listIds(await list("tag=suite:list&to=2020-01-01T00:00:00Z")),
    ).toEqual([]);

    const first = await list("tag=suite:list&limit=2");
    const cursor = encodeURIComponent(first.cursor ?? "");
    const second = await list(`tag=suite:list&limit=2&cursor=${cursor}`);
    expect([...listIds(first), ...listIds(second)]).toEqual([...ids].reverse());
  });
});

describe("health", () => {
  test("reports the status of storage and model", async () => {
    expect(await api.get("health/ready")).toMatchObject({
      status: 200,
      body: {
        checks: {
          storage: { status: "ok" },
          model: { status: "ok", provider: "offline" },
        },
      },
    });
  });
});

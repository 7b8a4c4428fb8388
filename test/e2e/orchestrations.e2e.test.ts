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

/** Lists the documents and gives back what it was told. */
const echo = {
  name: "echo",
  version: "1",
  steps: [{ id: "look", kind: "tool", tool: "listDocuments" }],
  output: { said: "${input.say}", documents: "${size(steps.look.output)}" },
};
/** Its second step saves a report where a folder is: the tool throws, and it takes some seconds to give up. */
const stumbling = {
  name: "stumbling",
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
  test("is answered at once, with where to look, and leads to the result", async () => {
    const started = await api.start({
      definition: echo,
      input: { say: "hello" },
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
    expect(result).toEqual({ said: "hello", documents: 1 });
  });

  test("records what happened, page by page", async () => {
    const { body } = await api.start({ definition: echo, input: { say: "" } });
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
  test("shows each step as it stands, then says what failed; AOS lives on", async () => {
    const { body } = await api.start({ definition: stumbling });
    const running = await pollUntil(
      () => api.status(body.id),
      ({ body: { steps } }) => steps[0]?.status === "completed",
    );
    expect(running.body.steps[2]).toMatchObject({ status: "pending" });
    const early = await api.get<ProblemBody>(
      `orchestrations/${body.id}/result`,
    );
    expect(early).toMatchObject({
      status: 409,
      body: { code: "not_finished" },
    });
    expect(early.headers.get("retry-after")).toBe("1");

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

describe("the same request again", () => {
  const request = { definition: echo, input: { say: "once" } };

  test("is answered with the orchestration that there is", async () => {
    const key = { "idempotency-key": "order 1 / any characters" };
    const first = await api.start(request, key);
    const second = await api.start(request, key);
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(second.headers.get("x-aos-idempotent-replay")).toBe("true");
    expect(second.body.id).toBe(first.body.id);
  });

  test("twenty times at once starts one orchestration", async () => {
    const key = { "idempotency-key": "twenty at once" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.start(request, key)),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(19).fill(200), 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const id = answers[0]?.body.id ?? "";
    expect((await api.status(id, "30s")).body.status).toBe("completed");
  });

  test("with another body is refused", async () => {
    await api.start({ ...request, id: "order-2" });
    const other = { ...request, id: "order-2", input: { say: "twice" } };
    expect(await api.start(other)).toMatchObject({
      status: 409,
      body: { code: "idempotency_conflict" },
    });
  });
});

describe("the list", () => {
  test("is newest first, filtered, in pages", async () => {
    const ids = ["list-1", "list-2", "list-3"];
    for (const id of ids) {
      const tags = { suite: "list", id };
      await api.start({ definition: echo, input: { say: id }, id, tags });
      await api.status(id, "30s");
    }
    const list = async (query: string) =>
      (await api.get<List>(`orchestrations?${query}`)).body;
    const idsOf = ({ items }: List) => items.map(({ id }) => id);

    expect(idsOf(await list("tag=suite:list"))).toEqual([...ids].reverse());
    expect(idsOf(await list("tag=id:list-2&workflow=echo"))).toEqual([
      "list-2",
    ]);
    expect(idsOf(await list("tag=suite:list&status=failed"))).toEqual([]);
    expect(idsOf(await list("tag=suite:list&to=2020-01-01T00:00:00Z"))).toEqual(
      [],
    );

    const first = await list("tag=suite:list&limit=2");
    const cursor = encodeURIComponent(first.cursor ?? "");
    const second = await list(`tag=suite:list&limit=2&cursor=${cursor}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual([...ids].reverse());
  });
});

describe("health", () => {
  test("tells the state of what AOS needs", async () => {
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

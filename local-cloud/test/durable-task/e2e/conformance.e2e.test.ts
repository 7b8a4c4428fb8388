import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";
import { eventually } from "../../support/shared/eventually";
import { samplesAppFolder } from "../../support/durable-task/samples-app";

let host: ListeningProcess;
const data = createTemporaryFolder();
beforeAll(async () => {
  host = await startHostCommand({
    app: samplesAppFolder(),
    data,
  });
});
afterAll(() => host.stop());

const post = (path: string, body: unknown) =>
  fetch(`${host.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** Runs an orchestration to its end: its output, or its status when it did not complete. */
async function run(name: string, input: unknown): Promise<unknown> {
  const path = `/runtime/webhooks/durabletask/orchestrators/${name}?timeout=20&pollingInterval=1`;
  const response = await post(path, input);
  expect(response.status).toBe(200);
  return response.json();
}

describe("retries", () => {
  test("try again until it works", async () => {
    const input = { key: "a", times: 2, result: "ok", attempts: 3 };
    expect(await run("retries", input)).toEqual(["ok", "after"]);
  });

  test("give the last error when it never works, and what comes after runs", async () => {
    const input = { key: "b", times: 9, attempts: 3 };
    expect(await run("retries", input)).toEqual([
      "Activity function 'failing' failed: failure 3 of b",
      "after",
    ]);
  });

  test("end when their time is over instead of hanging, and run nothing more", async () => {
    const input = { key: "c", times: 9, attempts: 50, timeoutMs: 30 };
    const [error] = (await run("retries", input)) as string[];
    expect(error).toMatch(/failure \d of c$/);
  });

  test("start a failing child again under a new id", async () => {
    expect(await run("childRetries", null)).toContain("this child fails");
  });
});

describe("what hangs upstream", () => {
  test("a task in a second compound stays one task", async () => {
    expect(await run("reuse", null)).toBe("done");
  });

  test("an error without a message fails the instance", async () => {
    expect(await run("emptyError", null)).toMatchObject({
      runtimeStatus: "Failed",
      output:
        "Orchestrator function 'emptyError' failed: It threw an error without a message.",
    });
  });
});

describe("durable HTTP", () => {
  test("polls an answer 202 until it is done", async () => {
    const call = { method: "POST", url: `${host.url}/api/job` };
    expect(await run("calls", call)).toEqual([200, "the job is done"]);
  });

  test("gives any status as an answer", async () => {
    const url = `${host.url}/api/refuse`;
    const call = { method: "POST", url, body: { a: 1 } };
    expect(await run("calls", call)).toEqual([418, 'POST {"a":1}']);
  });

  test("fails the task when nobody answers", async () => {
    const call = { method: "GET", url: "http://127.0.0.1:9/" };
    expect(await run("calls", call)).toMatchObject({
      runtimeStatus: "Failed",
      output: expect.stringContaining(
        "Activity function 'BuiltIn::HttpActivity' failed",
      ) as string,
    });
  });
});

describe("critical sections", () => {
  const value = async (key: string): Promise<unknown> => {
    const response = await fetch(`${host.url}/api/counters/${key}`);
    return response.status === 404 ? undefined : response.json();
  };

  test("let one orchestration at a time at the entities, in whatever order they are named", async () => {
    const transfers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        run(
          "transfer",
          index % 2 === 0
            ? { from: "left", to: "right", amount: 3 }
            : { from: "right", to: "left", amount: 1 },
        ),
      ),
    );
    expect(transfers).toEqual([3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    expect([await value("left"), await value("right")]).toEqual([-10, 10]);
  });

  test("hold signals of others until the release", async () => {
    await run("transfer", { from: "left", to: "right", amount: 0 });
    await post("/api/counters/left/add?amount=1", null);
    await eventually(async () => {
      expect(await value("left")).toBe(-9);
    });
  });

  test("end with an orchestration that fails or is terminated", async () => {
    await run("holdsAndFails", "held");
    const base = "/runtime/webhooks/durabletask";
    const started = await post(
      `${base}/orchestrators/holdsForEver/holder`,
      "held",
    );
    expect(started.status).toBe(202);
    await post("/api/counters/held/add?amount=5", null);
    await post(`${base}/instances/holder/terminate?reason=x`, null);
    await eventually(async () => {
      expect(await value("held")).toBe(5);
    });
  });
});

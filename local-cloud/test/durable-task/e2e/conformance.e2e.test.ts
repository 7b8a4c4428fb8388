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

/** Runs an orchestration to its end. Resolves with its output, or with its status when it did not complete. */
async function runToEnd(name: string, input: unknown): Promise<unknown> {
  const path = `/runtime/webhooks/durabletask/orchestrators/${name}?timeout=20&pollingInterval=1`;
  const response = await post(path, input);
  expect(response.status).toBe(200);
  return response.json();
}

describe("a retry policy", () => {
  test("repeats an activity until it succeeds", async () => {
    const input = { key: "a", times: 2, result: "ok", attempts: 3 };
    expect(await runToEnd("retries", input)).toEqual(["ok", "after"]);
  });

  test("throws the error of the last attempt, and the orchestrator continues", async () => {
    const input = { key: "b", times: 9, attempts: 3 };
    expect(await runToEnd("retries", input)).toEqual([
      "Activity function 'failing' failed: failure 3 of b",
      "after",
    ]);
  });

  test("throws the last error after its retry timeout", async () => {
    const input = { key: "c", times: 9, attempts: 50, timeoutMs: 30 };
    const [error] = (await runToEnd("retries", input)) as string[];
    expect(error).toMatch(/failure \d of c$/);
  });

  test("repeats a failing child and throws its error", async () => {
    expect(await runToEnd("childRetries", null)).toContain("this child fails");
  });
});

describe("an orchestration that does not end on Azure", () => {
  test("completes when a task is part of two compound tasks", async () => {
    expect(await runToEnd("reuse", null)).toBe("done");
  });

  test("fails when it throws an error without a message", async () => {
    expect(await runToEnd("emptyError", null)).toMatchObject({
      runtimeStatus: "Failed",
      output:
        "Orchestrator function 'emptyError' failed: It threw an error without a message.",
    });
  });
});

describe("a durable HTTP call", () => {
  test("polls the location of a 202 response until the status is 200", async () => {
    const call = { method: "POST", url: `${host.url}/api/job` };
    expect(await runToEnd("calls", call)).toEqual([200, "the job is done"]);
  });

  test("returns a response with the status 418", async () => {
    const url = `${host.url}/api/refuse`;
    const call = { method: "POST", url, body: { a: 1 } };
    expect(await runToEnd("calls", call)).toEqual([418, 'POST {"a":1}']);
  });

  test("fails its task when no server listens", async () => {
    const call = { method: "GET", url: "http://127.0.0.1:9/" };
    expect(await runToEnd("calls", call)).toMatchObject({
      runtimeStatus: "Failed",
      output: expect.stringContaining(
        "Activity function 'BuiltIn::HttpActivity' failed",
      ) as string,
    });
  });
});

describe("a critical section", () => {
  const readCounter = async (key: string): Promise<unknown> => {
    const response = await fetch(`${host.url}/api/counters/${key}`);
    return response.status === 404 ? undefined : response.json();
  };

  test("admits one orchestration at a time, without a deadlock when the entities are locked in different orders", async () => {
    const transfers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        runToEnd(
          "transfer",
          index % 2 === 0
            ? { from: "left", to: "right", amount: 3 }
            : { from: "right", to: "left", amount: 1 },
        ),
      ),
    );
    expect(transfers).toEqual([3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    expect([await readCounter("left"), await readCounter("right")]).toEqual([
      -10, 10,
    ]);
  });

  test("delivers a signal of a client after the release", async () => {
    await runToEnd("transfer", { from: "left", to: "right", amount: 0 });
    await post("/api/counters/left/add?amount=1", null);
    await eventually(async () => {
      expect(await readCounter("left")).toBe(-9);
    });
  });

  test("is released when its orchestration fails or is terminated", async () => {
    await runToEnd("locksAndFails", "held");
    const base = "/runtime/webhooks/durabletask";
    const started = await post(
      `${base}/orchestrators/locksAndWaits/holder`,
      "held",
    );
    expect(started.status).toBe(202);
    await post("/api/counters/held/add?amount=5", null);
    await post(`${base}/instances/holder/terminate?reason=x`, null);
    await eventually(async () => {
      expect(await readCounter("held")).toBe(5);
    });
  });
});

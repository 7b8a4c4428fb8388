import {
  startHostCommand,
  type ListeningProcess,
  createTemporaryFolder,
} from "../../support/cli/cloud-process";
import { eventually } from "../../support/shared/eventually";
import { samplesAppFolder } from "../../support/durable-task/samples-app";

const app = samplesAppFolder();
const data = createTemporaryFolder();

interface Status {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly customStatus: unknown;
}
interface Management {
  readonly id: string;
  readonly statusQueryGetUri: string;
  readonly sendEventPostUri: string;
  readonly terminatePostUri: string;
  readonly suspendPostUri: string;
  readonly resumePostUri: string;
}

let host: ListeningProcess;
beforeAll(async () => {
  host = await startHostCommand({ app, data });
});
afterAll(async () => {
  await host.stop();
});

const post = (url: string, body?: unknown) =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

async function start(name: string, input?: unknown, id?: string) {
  const query = id === undefined ? "" : `?id=${id}`;
  const response = await post(`${host.url}/api/start/${name}${query}`, input);
  expect(response.status).toBe(202);
  return (await response.json()) as Management;
}

const getStatus = async ({ statusQueryGetUri }: Management) =>
  (await (await fetch(statusQueryGetUri)).json()) as Status;

const waitForEnd = ({ statusQueryGetUri, ...rest }: Management) =>
  eventually(async () => {
    const found = await getStatus({ statusQueryGetUri, ...rest });
    expect(["Completed", "Failed", "Terminated"]).toContain(
      found.runtimeStatus,
    );
    return found;
  });

async function runToEnd(name: string, input: unknown): Promise<unknown> {
  const response = await post(`${host.url}/api/run/${name}`, input);
  return response.json();
}

/** Posts to a management URL with a placeholder. */
const postManagement = (
  url: string,
  name: string,
  text: string,
  body?: unknown,
) => post(url.replace(name, text), body);

describe("the sample app", () => {
  test("runs activities in sequence and ignores the case of their names", async () => {
    expect(await runToEnd("helloSequence", null)).toEqual([
      "Hello Tokyo!",
      "Hello Seattle!",
      "Hello Cairo!",
    ]);
  });

  test("passes every kind of JSON value to an activity as on Azure", async () => {
    const values = ["x", "42", "", 42, 1.5, { a: [1] }, [1, "b"], null, true];
    expect(await runToEnd("echoes", values)).toEqual([
      ...["x", "42", "", 42, 1.5, { a: [1] }, [1, "b"], null],
      // The Azure host converts a boolean to .NET text.
      "True",
    ]);
  });

  test("fans out to 1000 activities and joins their results", async () => {
    expect(await runToEnd("fanOut", 1000)).toBe(499_500);
  });

  test("throws the error of an activity in the orchestrator", async () => {
    expect(await runToEnd("catches", null)).toMatch(
      /^Activity function 'fail' failed: the disk is full/,
    );
  });

  test("fails an orchestration with an unhandled error, with its message", async () => {
    const found = await waitForEnd(await start("fails", "out of stock"));
    expect(found.runtimeStatus).toBe("Failed");
    expect(found.output).toMatch(
      /^Orchestrator function 'fails' failed: Activity function 'fail' failed: out of stock/,
    );
  });

  test("fails an instance that calls, or runs, an unknown function, with the names of the known functions", async () => {
    const calls = await waitForEnd(await start("callsUnknown"));
    expect(calls).toMatchObject({ runtimeStatus: "Failed" });
    expect(calls.output).toContain("The function 'missing' doesn't exist");
    const missing = await waitForEnd(await start("noSuchOrchestrator"));
    expect(missing.output).toContain("'noSuchOrchestrator' doesn't exist");
    expect(missing.output).toContain("'helloSequence'");
  });

  test("runs sub-orchestrations concurrently and throws their errors in the parent", async () => {
    expect(await runToEnd("parent", ["A", "B", "C"])).toEqual([
      "Hello A!",
      "Hello B!",
      "Hello C!",
    ]);
    expect(await runToEnd("parentOfBad", null)).toContain(
      "Orchestrator function 'child' failed: this child fails",
    );
  });

  test("fires a timer not before its due time", async () => {
    expect(await runToEnd("timer", 300)).toBe(true);
  });

  test("returns an approval that arrives before the timeout, and times out without one", async () => {
    const waiting = await start("approval", 60_000);
    await eventually(async () => {
      expect((await getStatus(waiting)).runtimeStatus).toBe("Running");
    });
    const raised = await postManagement(
      waiting.sendEventPostUri,
      "{eventName}",
      "approved",
      { by: "Ada" },
    );
    expect(raised.status).toBe(202);
    expect(await waitForEnd(waiting)).toMatchObject({
      output: { by: "Ada" },
      customStatus: "answered",
    });
    const late = await waitForEnd(await start("approval", 50));
    expect(late.output).toBe("too late");
  });

  test("continues as new without losing events that arrive in between", async () => {
    const collector = await start("collector");
    for (const item of ["a", "b", "c", "end"])
      await postManagement(
        collector.sendEventPostUri,
        "{eventName}",
        "item",
        item,
      );
    expect((await waitForEnd(collector)).output).toEqual(["a", "b", "c"]);
    expect(await runToEnd("countDown", 30)).toBe("done");
  });

  test("keeps the state of an entity and returns results to its callers", async () => {
    expect(await runToEnd("countTwice", "mine")).toEqual([3, 3]);
    const counter = `${host.url}/api/counters`;
    expect((await fetch(`${counter}/none`)).status).toBe(404);
    await Promise.all(
      Array.from({ length: 40 }, () => post(`${counter}/shared/add?amount=2`)),
    );
    await eventually(async () => {
      expect(await (await fetch(`${counter}/shared`)).json()).toBe(80);
    });
    await post(`${counter}/shared/reset`);
    await eventually(async () => {
      expect((await fetch(`${counter}/shared`)).status).toBe(404);
    });
  });

  test("delivers a signal of one entity to another", async () => {
    await post(`${host.url}/api/counters/source/forward?amount=7`);
    await eventually(async () => {
      const target = await fetch(`${host.url}/api/counters/target`);
      expect(await target.json()).toBe(7);
    });
  });

  test("suspends, resumes and terminates an instance, and rejects a second termination with 410", async () => {
    const waiting = await start("approval", 60_000);
    const suspended = await postManagement(
      waiting.suspendPostUri,
      "{text}",
      "pause",
    );
    expect(suspended.status).toBe(202);
    await eventually(async () => {
      expect((await getStatus(waiting)).runtimeStatus).toBe("Suspended");
    });
    await postManagement(
      waiting.sendEventPostUri,
      "{eventName}",
      "approved",
      1,
    );
    await postManagement(waiting.resumePostUri, "{text}", "go");
    expect((await waitForEnd(waiting)).output).toBe(1);
    const other = await start("approval", 60_000);
    await postManagement(other.terminatePostUri, "{text}", "enough");
    expect(await waitForEnd(other)).toMatchObject({
      runtimeStatus: "Terminated",
      output: "enough",
    });
    const again = await postManagement(
      other.terminatePostUri,
      "{text}",
      "enough",
    );
    expect(again.status).toBe(410);
  });

  test("rejects a start with the id of a running instance with 409", async () => {
    const first = await start("approval", 60_000, "only-one");
    const second = await post(`${host.url}/api/start/approval?id=only-one`, 1);
    expect(second.status).toBe(500);
    const direct = await post(
      `${host.url}/runtime/webhooks/durabletask/orchestrators/approval/only-one`,
      1,
    );
    expect(direct.status).toBe(409);
    expect(await direct.json()).toEqual({
      Message: expect.stringMatching(
        /^An Orchestration instance with the status \w+ already exists\.$/,
      ) as string,
    });
    await postManagement(first.terminatePostUri, "{text}", "x");
  });

  test("responds to create-and-wait when the instance ends, or with 202 after the timeout", async () => {
    const base = `${host.url}/runtime/webhooks/durabletask/orchestrators`;
    const done = await post(
      `${base}/helloSequence?timeout=20&pollingInterval=5`,
      1,
    );
    expect(done.status).toBe(200);
    expect(await done.json()).toHaveLength(3);
    const tooLong = await post(
      `${base}/approval?timeout=0.1&pollingInterval=0.05`,
      60_000,
    );
    expect(tooLong.status).toBe(202);
    expect(tooLong.headers.get("location")).toContain("/instances/");
  });

  test("continues timers, events and entities after the host was killed", async () => {
    const timer = await start("timer", 1500, "timer-over-crash");
    const waiting = await start("approval", 60_000, "approval-over-crash");
    await post(`${host.url}/api/counters/survivor/add?amount=5`);
    await host.kill();
    host = await startHostCommand({ app, data });
    const onNewHost = (management: Management): Management => ({
      ...management,
      statusQueryGetUri: `${host.url}/runtime/webhooks/durabletask/instances/${management.id}`,
    });
    await post(
      `${host.url}/runtime/webhooks/durabletask/instances/${waiting.id}/raiseEvent/approved`,
      "yes",
    );
    expect((await waitForEnd(onNewHost(waiting))).output).toBe("yes");
    expect((await waitForEnd(onNewHost(timer))).output).toBe(true);
    await eventually(async () => {
      const counter = await fetch(`${host.url}/api/counters/survivor`);
      expect(await counter.json()).toBe(5);
    });
  });
});

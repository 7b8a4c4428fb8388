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

const status = async ({ statusQueryGetUri }: Management) =>
  (await (await fetch(statusQueryGetUri)).json()) as Status;

const ended = ({ statusQueryGetUri, ...rest }: Management) =>
  eventually(async () => {
    const found = await status({ statusQueryGetUri, ...rest });
    expect(["Completed", "Failed", "Terminated"]).toContain(
      found.runtimeStatus,
    );
    return found;
  });

async function run(name: string, input: unknown): Promise<unknown> {
  const response = await post(`${host.url}/api/run/${name}`, input);
  return response.json();
}

/** A URL with a placeholder is used as the client was given it, on this host. */
const send = (url: string, name: string, text: string, body?: unknown) =>
  post(url.replace(name, text), body);

describe("an app of another author", () => {
  test("runs activities one after another, whatever the case of their names", async () => {
    expect(await run("helloSequence", null)).toEqual([
      "Hello Tokyo!",
      "Hello Seattle!",
      "Hello Cairo!",
    ]);
  });

  test("gives activities every kind of value as the real host does", async () => {
    const values = ["x", "42", "", 42, 1.5, { a: [1] }, [1, "b"], null, true];
    expect(await run("echoes", values)).toEqual([
      ...["x", "42", "", 42, 1.5, { a: [1] }, [1, "b"], null],
      // A boolean arrives as text: .NET writes it so.
      "True",
    ]);
  });

  test("fans out to a thousand activities and joins them", async () => {
    expect(await run("fanOut", 1000)).toBe(499_500);
  });

  test("gives an orchestration the error of an activity", async () => {
    expect(await run("catches", null)).toMatch(
      /^Activity function 'fail' failed: the disk is full/,
    );
  });

  test("fails an orchestration that does not catch, and says why", async () => {
    const found = await ended(await start("fails", "no power"));
    expect(found.runtimeStatus).toBe("Failed");
    expect(found.output).toMatch(
      /^Orchestrator function 'fails' failed: Activity function 'fail' failed: no power/,
    );
  });

  test("fails what calls or is an unknown function, naming those that exist", async () => {
    const calls = await ended(await start("callsUnknown"));
    expect(calls).toMatchObject({ runtimeStatus: "Failed" });
    expect(calls.output).toContain("The function 'nobody' doesn't exist");
    const missing = await ended(await start("noSuchOrchestrator"));
    expect(missing.output).toContain("'noSuchOrchestrator' doesn't exist");
    expect(missing.output).toContain("'helloSequence'");
  });

  test("runs sub-orchestrations side by side and gives the parent their errors", async () => {
    expect(await run("parent", ["A", "B", "C"])).toEqual([
      "Hello A!",
      "Hello B!",
      "Hello C!",
    ]);
    expect(await run("parentOfBad", null)).toContain(
      "Orchestrator function 'child' failed: this child fails",
    );
  });

  test("waits for a timer, never too short", async () => {
    expect(await run("timer", 300)).toBe(true);
  });

  test("takes a human's answer before the time is up, and gives up after", async () => {
    const waiting = await start("approval", 60_000);
    await eventually(async () => {
      expect((await status(waiting)).runtimeStatus).toBe("Running");
    });
    const raised = await send(
      waiting.sendEventPostUri,
      "{eventName}",
      "approved",
      { by: "Ada" },
    );
    expect(raised.status).toBe(202);
    expect(await ended(waiting)).toMatchObject({
      output: { by: "Ada" },
      customStatus: "answered",
    });
    const late = await ended(await start("approval", 50));
    expect(late.output).toBe("too late");
  });

  test("continues as new, and loses no event that came in between", async () => {
    const collector = await start("collector");
    for (const item of ["a", "b", "c", "end"])
      await send(collector.sendEventPostUri, "{eventName}", "item", item);
    expect((await ended(collector)).output).toEqual(["a", "b", "c"]);
    expect(await run("countDown", 30)).toBe("done");
  });

  test("keeps an entity's state and answers those who call it", async () => {
    expect(await run("countTwice", "mine")).toEqual([3, 3]);
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

  test("lets one entity signal another", async () => {
    await post(`${host.url}/api/counters/teller/tell?amount=7`);
    await eventually(async () => {
      const told = await fetch(`${host.url}/api/counters/told`);
      expect(await told.json()).toBe(7);
    });
  });

  test("suspends, resumes and terminates", async () => {
    const waiting = await start("approval", 60_000);
    const suspended = await send(waiting.suspendPostUri, "{text}", "pause");
    expect(suspended.status).toBe(202);
    await eventually(async () => {
      expect((await status(waiting)).runtimeStatus).toBe("Suspended");
    });
    await send(waiting.sendEventPostUri, "{eventName}", "approved", 1);
    await send(waiting.resumePostUri, "{text}", "go");
    expect((await ended(waiting)).output).toBe(1);
    const other = await start("approval", 60_000);
    await send(other.terminatePostUri, "{text}", "enough");
    expect(await ended(other)).toMatchObject({
      runtimeStatus: "Terminated",
      output: "enough",
    });
    const again = await send(other.terminatePostUri, "{text}", "enough");
    expect(again.status).toBe(410);
  });

  test("refuses a second start under an id that runs", async () => {
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
    await send(first.terminatePostUri, "{text}", "x");
  });

  test("answers create-and-wait the moment the instance ends", async () => {
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

  test("goes on with timers, events and entities after the host was killed", async () => {
    const timer = await start("timer", 1500, "timer-over-crash");
    const waiting = await start("approval", 60_000, "approval-over-crash");
    await post(`${host.url}/api/counters/survivor/add?amount=5`);
    await host.kill();
    host = await startHostCommand({ app, data });
    const here = (management: Management): Management => ({
      ...management,
      statusQueryGetUri: `${host.url}/runtime/webhooks/durabletask/instances/${management.id}`,
    });
    await post(
      `${host.url}/runtime/webhooks/durabletask/instances/${waiting.id}/raiseEvent/approved`,
      "yes",
    );
    expect((await ended(here(waiting))).output).toBe("yes");
    expect((await ended(here(timer))).output).toBe(true);
    await eventually(async () => {
      const counter = await fetch(`${host.url}/api/counters/survivor`);
      expect(await counter.json()).toBe(5);
    });
  });
});

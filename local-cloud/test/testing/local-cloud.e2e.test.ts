import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { type LocalCloud, checkReplay, startLocalCloud } from "../../testing";
import { createTemporaryFolder } from "../support/cli/cloud-process";

const app = "local-cloud/test/fixtures/reminders";
const folder = createTemporaryFolder();
const hourMs = 3_600_000;

const readDiary = (cloud: LocalCloud) => cloud.client.entity("diary", "all");

/** Starts an orchestration that waits on the timers in sequence and adds a diary entry after each. */
const startAlarm = (
  cloud: LocalCloud,
  name: string,
  ...hours: readonly number[]
) =>
  cloud.client.start("alarm", {
    instanceId: name,
    input: { name, waits: hours.map((hour) => hour * hourMs) },
  });

describe("a local cloud with a virtual clock", () => {
  test("fires the timers of all orchestrations in the order of their due times", async () => {
    await using cloud = await startLocalCloud({ app });
    await startAlarm(cloud, "c", 9);
    await startAlarm(cloud, "a", 2, 5);
    await startAlarm(cloud, "b", 4);
    await cloud.advance("3 hours");
    expect(await readDiary(cloud)).toEqual(["a rings"]);
    await cloud.advance("1 week");
    expect(await readDiary(cloud)).toEqual([
      "a rings",
      "b rings",
      "a rings",
      "c rings",
    ]);
    expect(await cloud.client.status("c")).toMatchObject({
      runtimeStatus: "Completed",
    });
  });

  test("loses each episode twice after its messages were sent with a rate of 1", async () => {
    await using cloud = await startLocalCloud({
      app,
      lostEpisodes: { seed: 1, rate: 1 },
    });
    const id = await startAlarm(cloud, "a", 1);
    await cloud.advance("2 hours");
    expect(await cloud.client.status(id)).toMatchObject({
      runtimeStatus: "Completed",
    });
    expect(await readDiary(cloud)).toEqual(["a rings", "a rings", "a rings"]);
  });

  test("does not start with an invalid rate of lost episodes", async () => {
    const start = startLocalCloud({ app, lostEpisodes: { seed: 1, rate: 2 } });
    await expect(start).rejects.toMatchObject({
      code: "app_not_started",
      message: expect.stringContaining("lostEpisodes.rate") as string,
    });
  });

  test("fires no timer before advance, and in advance also the timers that earlier ones start", async () => {
    await using cloud = await startLocalCloud({ app });
    const start = await cloud.now();
    const id = await startAlarm(cloud, "chain", 1, 24 * 7, 1);
    await cloud.advance(0);
    expect(await readDiary(cloud)).toBeUndefined();
    await cloud.advance("1 week");
    expect(await readDiary(cloud)).toHaveLength(1);
    await cloud.advance(2 * hourMs);
    expect(await readDiary(cloud)).toHaveLength(3);
    const passedMs = (await cloud.now()).getTime() - start.getTime();
    expect(passedMs).toBe((7 * 24 + 2) * hourMs);
    const { output } = await cloud.client.status(id);
    expect(output).toBe((await cloud.now()).toISOString());
  });

  test("resolves whenEnded when an event ends the orchestration, without a further advance", async () => {
    await using cloud = await startLocalCloud({ app });
    const id = await cloud.client.start("reminder", { input: "bill 7" });
    const end = cloud.client.whenEnded(id);
    await cloud.advance("4 days");
    await cloud.client.raiseEvent(id, "paid");
    expect(await end).toMatchObject({
      runtimeStatus: "Completed",
      output: { paid: true, reminders: 1 },
    });
  });

  test("suspends, resumes and terminates an orchestration, signals an entity, and reports the host's errors", async () => {
    await using cloud = await startLocalCloud({ app });
    const { client } = cloud;
    const id = await client.start("reminder", { input: "bill 7" });
    await cloud.advance(0);
    await client.suspend(id, "on holiday");
    await cloud.advance("4 days");
    expect(await client.status(id)).toMatchObject({
      runtimeStatus: "Suspended",
    });
    await client.resume(id);
    await client.terminate(id, "written off");
    expect(await client.whenEnded(id)).toMatchObject({
      runtimeStatus: "Terminated",
      output: "written off",
    });
    await client.signalEntity("diary", "all", "note", "first note");
    await cloud.advance(0);
    expect(await readDiary(cloud)).toEqual(["first note"]);
    await expect(client.terminate(id)).rejects.toThrow(/410/);
    await expect(client.history("unknown")).rejects.toThrow(/unknown/);
  });

  test("continues with the orchestrations in `data` when it starts again", async () => {
    const data = join(folder, "data");
    const start = () => startLocalCloud({ app, data });
    {
      await using cloud = await start();
      await startAlarm(cloud, "kept", 1);
      await cloud.advance(0);
    }
    await using cloud = await start();
    await cloud.advance("1 day");
    expect(await readDiary(cloud)).toEqual(["kept rings"]);
  });

  test("returns histories that checkReplay accepts for the code of the app", async () => {
    await using cloud = await startLocalCloud({ app });
    const { reminder } = jest.requireActual<{ reminder: never }>(
      "../fixtures/reminders/src/reminder",
    );
    const id = await cloud.client.start("reminder", { input: "bill 7" });
    await cloud.advance("7 days");
    await checkReplay(await cloud.client.history(id), reminder);
    await cloud.advance("7 days");
    await checkReplay(await cloud.client.history(id), reminder);
  });
});

test("a local cloud with the system clock fires timers without advance and rejects advance with clock_is_real", async () => {
  await using cloud = await startLocalCloud({ app, clock: "system" });
  const id = await startAlarm(cloud, "soon", 1 / hourMs);
  expect(await cloud.client.whenEnded(id)).toMatchObject({
    runtimeStatus: "Completed",
  });
  await expect(cloud.advance("1 day")).rejects.toMatchObject({
    code: "clock_is_real",
  });
});

test("returns in settings the connection string of the Service Bus that UseDevelopmentEmulator=true starts", async () => {
  const env = { Bus: "UseDevelopmentEmulator=true", REQUESTS: "requests" };
  const bus = "local-cloud/test/fixtures/service-bus";
  await using cloud = await startLocalCloud({ app: bus, env });
  const client = new ServiceBusClient(cloud.settings["Bus"] ?? "");
  await client.createSender("requests").sendMessages({ body: "hello" });
  const seen = client.createReceiver("seen");
  const [message] = await seen.receiveMessages(1);
  expect(message?.body).toMatchObject({ body: "hello" });
  await client.close();
});

test("rejects with app_not_started and the folder when the app has no package.json", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  await expect(startLocalCloud({ app: empty })).rejects.toMatchObject({
    code: "app_not_started",
    message: expect.stringContaining(empty) as string,
  });
});

test("rejects an unknown unit, a text without a number, a negative number and NaN with duration_invalid", async () => {
  await using cloud = await startLocalCloud({ app });
  for (const duration of ["3 fortnights", "soon", -1, Number.NaN])
    await expect(cloud.advance(duration as never)).rejects.toMatchObject({
      code: "duration_invalid",
    });
});

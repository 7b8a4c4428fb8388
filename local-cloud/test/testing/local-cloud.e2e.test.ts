import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ServiceBusClient } from "@azure/service-bus";
import { type LocalCloud, checkReplay, startLocalCloud } from "../../testing";
import { createTemporaryFolder } from "../support/cli/cloud-process";

const app = "local-cloud/test/fixtures/reminders";
const folder = createTemporaryFolder();
const hourMs = 3_600_000;

const diary = (cloud: LocalCloud) => cloud.client.entity("diary", "all");
const alarm = (cloud: LocalCloud, name: string, ...hours: readonly number[]) =>
  cloud.client.start("alarm", {
    instanceId: name,
    input: { name, waits: hours.map((hour) => hour * hourMs) },
  });

describe("a cloud with a virtual clock", () => {
  test("fires timers of all orchestrations in the order of their times", async () => {
    await using cloud = await startLocalCloud({ app });
    await alarm(cloud, "c", 9);
    await alarm(cloud, "a", 2, 5);
    await alarm(cloud, "b", 4);
    await cloud.advance("3 hours");
    expect(await diary(cloud)).toEqual(["a rings"]);
    await cloud.advance("1 week");
    expect(await diary(cloud)).toEqual([
      "a rings",
      "b rings",
      "a rings",
      "c rings",
    ]);
    expect(await cloud.client.status("c")).toMatchObject({
      runtimeStatus: "Completed",
    });
  });

  test("fires nothing unless time is advanced, and then what follows from it too", async () => {
    await using cloud = await startLocalCloud({ app });
    const began = await cloud.now();
    const id = await alarm(cloud, "chain", 1, 24 * 7, 1);
    await cloud.advance(0);
    expect(await diary(cloud)).toBeUndefined();
    await cloud.advance("1 week");
    expect(await diary(cloud)).toHaveLength(1);
    await cloud.advance(2 * hourMs);
    expect(await diary(cloud)).toHaveLength(3);
    const passedMs = (await cloud.now()).getTime() - began.getTime();
    expect(passedMs).toBe((7 * 24 + 2) * hourMs);
    const { output } = await cloud.client.status(id);
    expect(output).toBe((await cloud.now()).toISOString());
  });

  test("tells who waits the moment an orchestration has ended", async () => {
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

  test("steers orchestrations and entities", async () => {
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
    await client.signalEntity("diary", "all", "note", "by hand");
    await cloud.advance(0);
    expect(await diary(cloud)).toEqual(["by hand"]);
    await expect(client.terminate(id)).rejects.toThrow(/410/);
    await expect(client.history("nobody")).rejects.toThrow(/nobody/);
  });

  test("keeps its data where it is told to, for the next cloud", async () => {
    const data = join(folder, "data");
    const start = () => startLocalCloud({ app, data });
    {
      await using cloud = await start();
      await alarm(cloud, "kept", 1);
      await cloud.advance(0);
    }
    await using cloud = await start();
    await cloud.advance("1 day");
    expect(await diary(cloud)).toEqual(["kept rings"]);
  });

  test("gives histories that its own code replays to", async () => {
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

test("a cloud with the clock of the machine lets its time pass by itself", async () => {
  await using cloud = await startLocalCloud({ app, clock: "system" });
  const id = await alarm(cloud, "soon", 1 / hourMs);
  expect(await cloud.client.whenEnded(id)).toMatchObject({
    runtimeStatus: "Completed",
  });
  await expect(cloud.advance("1 day")).rejects.toMatchObject({
    code: "clock_is_real",
  });
});

test("starts the Service Bus that an app asks for, and tells where it is", async () => {
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

test("says why an app does not start", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  await expect(startLocalCloud({ app: empty })).rejects.toMatchObject({
    code: "app_not_started",
    message: expect.stringContaining(empty) as string,
  });
});

test("refuses a span of time that is none", async () => {
  await using cloud = await startLocalCloud({ app });
  for (const wrong of ["3 fortnights", "soon", -1, Number.NaN])
    await expect(cloud.advance(wrong as never)).rejects.toMatchObject({
      code: "duration_invalid",
    });
});

import {
  TestBus,
  messageBodies,
  describeLocalBroker,
  receiveBriefly,
  receiveOne,
} from "../support/service-bus/bus";

describe("the rules of a subscription", () => {
  const bus = new TestBus();
  const listRuleNames = async () => {
    const names: string[] = [];
    const rules = bus.client.createRuleManager("events", "changing");
    for await (const { name } of rules.listRules()) names.push(name);
    return names;
  };

  test("can be added, listed and removed, and take effect immediately", async () => {
    const rules = bus.client.createRuleManager("events", "changing");
    const { sender, receivers } = bus.topic("events", "changing");
    const [receiver] = receivers;
    if (receiver === undefined) throw new Error("none");
    await rules.createRule("by-sql", { sqlExpression: "n >= 2" });
    await rules.createRule("by-correlation", {
      correlationId: "c",
      applicationProperties: { k: "v" },
    });
    await rules.deleteRule("$Default");
    expect(await listRuleNames()).toEqual(["by-sql", "by-correlation"]);
    await sender.sendMessages([
      { body: 1, applicationProperties: { n: 1 } },
      { body: 2, applicationProperties: { n: 2 } },
      { body: 3, correlationId: "c", applicationProperties: { k: "v" } },
      { body: 4, correlationId: "c", applicationProperties: { k: "w" } },
    ]);
    const seen = [await receiveOne(receiver), await receiveOne(receiver)];
    expect(messageBodies(seen)).toEqual([2, 3]);
    expect(await receiveBriefly(receiver)).toEqual([]);
    for (const message of seen) await receiver.completeMessage(message);
    await rules.createRule("$Default", { sqlExpression: "1=1" });
    for (const name of ["by-sql", "by-correlation"])
      await rules.deleteRule(name);
    expect(await listRuleNames()).toEqual(["$Default"]);
  });

  test("have unique names: adding an existing or deleting a missing rule fails", async () => {
    const rules = bus.client.createRuleManager("events", "changing");
    await expect(
      rules.createRule("$Default", { sqlExpression: "1=1" }),
    ).rejects.toMatchObject({ code: "MessagingEntityAlreadyExists" });
    await expect(rules.deleteRule("none")).rejects.toMatchObject({
      code: "MessagingEntityNotFound",
    });
  });
});

describeLocalBroker("the rules of a subscription of the local broker", () => {
  const bus = new TestBus();

  test("are listed in pages of the requested size", async () => {
    const rules = bus.client.createRuleManager("events", "changing");
    for (let n = 0; n < 120; n += 1)
      await rules.createRule(`r${n}`, { sqlExpression: `n = ${n}` });
    const pages: number[] = [];
    for await (const page of rules.listRules().byPage({ maxPageSize: 50 }))
      pages.push(page.length);
    expect(pages).toEqual([50, 50, 21]);
  });

  test("reject an invalid expression with the position of the error", async () => {
    const rules = bus.client.createRuleManager("events", "changing");
    await expect(
      rules.createRule("bad", { sqlExpression: "n = = 2" }),
    ).rejects.toThrow(/unexpected '=' at character 5/);
  });
});

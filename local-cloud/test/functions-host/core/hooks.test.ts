import { AppHooks } from "../../../functions-host/core/hooks";

describe("the hooks of an app", () => {
  test("run sequentially in the order of their registration", async () => {
    const hooks = new AppHooks();
    const ran: string[] = [];
    for (const name of ["first", "second", "third"])
      hooks.register("preInvocation", async () => {
        await Promise.resolve();
        ran.push(name);
      });
    await hooks.run("preInvocation", {});
    expect(ran).toEqual(["first", "second", "third"]);
  });

  test("do not run after they are disposed, also when disposed twice", async () => {
    const hooks = new AppHooks();
    const ran: string[] = [];
    const first = hooks.register("appStart", () => ran.push("first"));
    hooks.register("appStart", () => ran.push("second"));
    first.dispose();
    first.dispose();
    await hooks.run("appStart", {});
    expect(ran).toEqual(["second"]);
  });

  test("are rejected under an unknown name with a system error", () => {
    expect(() => new AppHooks().register("nope", () => undefined)).toThrow(
      expect.objectContaining({
        name: "RangeError",
        isAzureFunctionsSystemError: true,
      }) as RangeError,
    );
  });

  test("can modify the shared data but not replace it", () => {
    const hooks = new AppHooks();
    const context = hooks.createContext({}, {}) as unknown as Record<
      string,
      unknown
    >;
    expect(() => {
      context["hookData"] = {};
    }).toThrow("Cannot assign to read only property 'hookData'");
    hooks.appHookData["seen"] = 1;
    expect(hooks.createContext({}, {})).toMatchObject({
      appHookData: { seen: 1 },
    });
  });

  test("can log in a log hook without recursion", () => {
    const hooks = new AppHooks();
    const line = {
      level: "information" as const,
      category: "user",
      invocationContext: undefined,
    };
    hooks.register("log", (context) => {
      const inner = hooks.applyLogHooks({ ...line, message: "from the hook" });
      (context as { message: string }).message = `seen, and ${inner.message}`;
    });
    expect(hooks.applyLogHooks({ ...line, message: "x" }).message).toBe(
      "seen, and from the hook",
    );
  });
});

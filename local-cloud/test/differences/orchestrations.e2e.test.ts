import { orchestrationDifferences } from "../../differences/orchestrations";
import { useDifferencesApp } from "../support/functions-host/differences-app";
import { tryDifferences } from "../support/functions-host/try-differences";
import { eventually } from "../support/shared/eventually";

const { api, fetchPath, url } = useDifferencesApp();
const { call, get, startInstance, whenStatus } = api;
const post = async (path: string, body?: string) =>
  (await call("POST", path, body)).status;
const runToEnd = async (name: string, status: string, input?: unknown) => {
  const id = `${name}-${JSON.stringify(input ?? null).replaceAll(/\W/g, "")}`;
  await startInstance(id, name, input);
  return (await whenStatus(id, status))["output"];
};
const whenEntityIs = (path: string, state: number) =>
  eventually(async () => {
    expect(await get(`entities/${path}`)).toBe(state);
  });

describe("the local cloud", () => {
  tryDifferences(orchestrationDifferences, {
    unknownFunction: async () => {
      for (const kind of ["activity", "child", "entity"])
        expect(await runToEnd("callsUnknown", "Failed", kind)).toContain(
          "The following are the known",
        );
    },
    disabledFunction: async () => {
      expect(await runToEnd("callsDisabled", "Failed")).toContain(
        "is disabled",
      );
    },
    disabledOrchestrator: async () => {
      const started = await startInstance("disabled", "disabledOrchestrator");
      expect(started.status).toBe(202);
      await whenStatus("disabled", "Failed");
    },
    locksOfEndedOwner: async () => {
      await runToEnd("locksAndFails", "Failed");
      await post("entities/counter/locked?op=add");
      await whenEntityIs("counter/locked", 1);
    },
    terminatedChild: async () => {
      await startInstance("parent", "startsChild", "child");
      await whenStatus("child", "Running");
      await post("instances/child/terminate?reason=over");
      const { output } = await whenStatus("parent", "Completed");
      expect(output).toContain("caught over");
    },
    usedChildId: async () => {
      await startInstance("used", "waits");
      await whenStatus("used", "Running");
      await startInstance("second-parent", "startsChild", "used");
      const { output } = await whenStatus("second-parent", "Completed");
      expect(output).toContain("the id 'used' is still running");
      expect(await get("instances/used")).toMatchObject({
        runtimeStatus: "Running",
      });
    },
    eventsBeforeContinueAsNew: async () => {
      await startInstance("eternal", "continuesAsNew");
      await whenStatus("eternal", "Running");
      await post("instances/eternal/raiseEvent/early", '"kept"');
      await post("instances/eternal/raiseEvent/go", "1");
      expect(await whenStatus("eternal", "Completed")).toMatchObject({
        output: "kept",
      });
    },
    concurrentStarts: async () => {
      const starts = await Promise.all(
        Array.from({ length: 10 }, () => startInstance("once", "waits")),
      );
      const accepted = starts.filter(({ status }) => status === 202);
      expect(accepted).toHaveLength(1);
    },
    rewindAfterRetry: async () => {
      await startInstance("rewound", "retriesAndFails");
      await whenStatus("rewound", "Failed");
      await post("instances/rewound/rewind?reason=again");
      await whenStatus("rewound", "Completed");
    },
    controlOfEntityId: async () => {
      await post("entities/counter/controlled?op=add");
      await whenEntityIs("counter/controlled", 1);
      for (const change of ["terminate", "suspend", "resume", "raiseEvent/e"])
        expect(await post(`instances/@counter@controlled/${change}`, "1")).toBe(
          404,
        );
    },
    entityNameWithCapitals: async () => {
      await post("entities/sender/x?op=send", '"of-capitals"');
      await whenEntityIs("counter/of-capitals", 1);
    },
    earlyTimers: async () => {
      const late = (await runToEnd("timers", "Completed")) as number[];
      expect(late).toHaveLength(3);
      for (const ms of late) expect(ms).toBeGreaterThanOrEqual(0);
    },
    runsPerEpisode: async () => {
      await runToEnd("countsRuns", "Completed");
      expect(await (await fetchPath("/api/runs")).json()).toBe(2);
    },
    errorWithoutMessage: async () => {
      expect(await runToEnd("throwsText", "Failed")).toMatch(
        /: It threw an error without a message\.$/,
      );
    },
    nondeterminism: async () => {
      expect(await runToEnd("changesCode", "Failed")).toMatch(
        /^Non-Deterministic workflow detected: .* activity task with name 'echo'/,
      );
    },
    activityErrorDetails: async () => {
      expect(await runToEnd("callsFailing", "Failed")).toMatch(
        /Error: no\n +at .*functions\.js/,
      );
    },
    httpCallHeaders: async () => {
      const target = `${url()}/api/loadedFiles`;
      const output = await runToEnd("callsHttp", "Completed", target);
      expect(output).toHaveProperty(["headers", "date"]);
    },
    triggerMetadata: async () => {
      expect(await runToEnd("readsMetadata", "Completed")).toEqual([]);
    },
  });
});

test("continueAsNew in a critical section releases the locks and keeps the custom status", async () => {
  await startInstance("continued", "locksAndContinues");
  await eventually(async () => {
    expect(await get("instances/continued")).toMatchObject({
      input: "again",
      customStatus: "before",
      runtimeStatus: "Running",
    });
  });
  await post("entities/counter/continued?op=add");
  await whenEntityIs("counter/continued", 1);
});

test("a child has parentInstanceId in its status, and an instance that is terminated without a reason the output null", async () => {
  await startInstance("named-parent", "startsChild", "named-child");
  const child = await whenStatus("named-child", "Running");
  expect(child).toMatchObject({ parentInstanceId: "named-parent" });
  await post("instances/named-child/terminate");
  expect(await whenStatus("named-child", "Terminated")).toMatchObject({
    output: null,
  });
  const parent = await whenStatus("named-parent", "Completed");
  expect(parent).not.toHaveProperty("parentInstanceId");
});

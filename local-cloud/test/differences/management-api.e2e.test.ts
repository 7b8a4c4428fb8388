import { managementApiDifferences } from "../../differences/management-api";
import { readResponse } from "../support/durable-task/http-api-client";
import { useDifferencesApp } from "../support/functions-host/differences-app";
import { tryDifferences } from "../support/functions-host/try-differences";
import { eventually } from "../support/shared/eventually";

const { api } = useDifferencesApp();
const { call, get, startInstance, whenStatus } = api;
const request = (method: string, path: string, body?: string) =>
  readResponse(call(method, path, body));
const historyOf = async (id: string) =>
  (await get(`instances/${id}?showHistory=true`))[
    "historyEvents"
  ] as readonly Readonly<Record<string, unknown>>[];

describe("the local management API", () => {
  tryDifferences(managementApiDifferences, {
    errorBodies: async () => {
      expect(await request("POST", "orchestrators/waits", "{")).toEqual({
        status: 400,
        body: { Message: "Invalid JSON content" },
      });
    },
    wrongStateMessage: async () => {
      await startInstance("running", "waits");
      await whenStatus("running", "Running");
      expect(await request("POST", "instances/running/resume")).toEqual({
        status: 500,
        body: {
          Message: "Cannot resume orchestration instance in the Running state.",
        },
      });
    },
    unknownConnection: async () => {
      const { status } = await call("GET", "instances?connection=Nope");
      expect(status).toBe(200);
    },
    otherTaskHub: async () => {
      const { status } = await call("GET", "instances?taskHub=Other");
      expect(status).toBe(404);
    },
    invalidFilters: async () => {
      for (const query of ["top=-1", "createdTimeTo=x", "runtimeStatus=Happy"])
        expect((await call("GET", `instances?${query}`)).status).toBe(400);
      const token = { "x-ms-continuation-token": "invalid" };
      const page = await call("GET", "instances", undefined, token);
      expect(page.status).toBe(400);
    },
    purgeOfRunning: async () => {
      await startInstance("kept", "waits");
      await whenStatus("kept", "Running");
      await startInstance("removed", "countsRuns");
      await whenStatus("removed", "Completed");
      const all = "instances?createdTimeFrom=2001-01-01";
      expect(await request("DELETE", `${all}&runtimeStatus=Running`)).toEqual({
        status: 404,
        body: "",
      });
      expect((await request("DELETE", all)).status).toBe(200);
      expect((await call("GET", "instances/removed")).status).toBe(404);
      expect((await call("GET", "instances/kept")).status).toBe(202);
    },
    historyFields: async () => {
      await startInstance("fields", "countsRuns");
      await whenStatus("fields", "Completed");
      const [started] = await historyOf("fields");
      expect(Object.keys(started ?? {}).sort()).toEqual([
        "EventType",
        "FunctionName",
        "Input",
        "Timestamp",
      ]);
    },
    historyTimes: async () => {
      await startInstance("times", "countsRuns");
      await whenStatus("times", "Completed");
      for (const { Timestamp } of await historyOf("times"))
        expect(Timestamp).toMatch(/\.\d{3}Z$/);
    },
    rewoundHistory: async () => {
      await startInstance("rewound", "retriesAndFails");
      await whenStatus("rewound", "Failed");
      await call("POST", "instances/rewound/rewind?reason=again");
      await whenStatus("rewound", "Completed");
      expect(await historyOf("rewound")).toContainEqual(
        expect.objectContaining({
          EventType: "ExecutionRewound",
          Reason: "again",
        }),
      );
    },
    entityInstance: async () => {
      await call("POST", "entities/counter/listed?op=add");
      await eventually(async () => {
        expect(await get("instances/@counter@listed")).toMatchObject({
          input: { exists: true, state: "1" },
        });
      });
      const { input } = await get("instances/@counter@listed");
      expect(input).not.toHaveProperty("sorter");
    },
    bodyLimit: async () => {
      const large = JSON.stringify("x".repeat(5000));
      const { status } = await call("POST", "orchestrators/waits", large);
      expect(status).toBe(413);
    },
    nulInId: async () => {
      expect((await call("POST", "orchestrators/waits/a%00b")).status).toBe(
        400,
      );
    },
  });
});

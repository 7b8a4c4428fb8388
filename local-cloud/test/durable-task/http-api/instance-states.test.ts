/** Responses of the HTTP API for an instance in each state. Status codes and texts are those of the Durable Task extension. */
import {
  createApi,
  allStatuses,
  stopApiHubs,
} from "../../support/durable-task/api-in-process";

afterEach(stopApiHubs);

/** The status codes for an instance in each state, in the order of `allStatuses`. */
const codesByOperation: Readonly<
  Record<string, readonly [method: string, path: string, codes: number[]]>
> = {
  "GET instances/{id}": ["GET", "", [202, 202, 202, 200, 200, 200]],
  raiseEvent: ["POST", "/raiseEvent/e", [202, 202, 202, 410, 410, 410]],
  terminate: ["POST", "/terminate", [202, 202, 202, 410, 410, 410]],
  suspend: ["POST", "/suspend", [202, 202, 500, 410, 410, 410]],
  resume: ["POST", "/resume", [500, 500, 202, 410, 410, 410]],
  rewind: ["POST", "/rewind", [412, 412, 412, 412, 202, 412]],
  "restart under a new id": ["POST", "/restart", Array<number>(6).fill(202)],
  "restart under the same id": [
    "POST",
    "/restart?restartWithNewInstanceId=false",
    [409, 409, 409, 202, 202, 202],
  ],
  purge: ["DELETE", "", [412, 412, 412, 200, 200, 200]],
};

describe.each(Object.entries(codesByOperation))(
  "%s",
  (_, [method, path, expected]) => {
    test.each(
      allStatuses.map((state, index) => [state, expected[index]] as const),
    )("for an instance that is %s returns %i", async (state, code) => {
      const { request, problems } = await createApi();
      const target = `instances/${state}${path}`;
      expect(await request(method, target, { body: '"x"' })).toMatchObject({
        status: code,
      });
      expect(problems).toEqual([]);
    });

    test("for an unknown instance returns 404, or 400 for a restart", async () => {
      const { request } = await createApi();
      const { status } = await request(method, `instances/missing${path}`, {
        body: '"x"',
      });
      expect(status).toBe(path.startsWith("/restart") ? 400 : 404);
    });
  },
);

describe.each([
  ["NonRunningStates", [409, 409, 409, 202, 202, 202]],
  ["AnyState", [202, 202, 202, 202, 202, 202]],
] as const)(
  "a start with %s",
  (overridableExistingInstanceStates, expected) => {
    test.each(
      allStatuses.map((state, index) => [state, expected[index]] as const),
    )(
      "under the id of an instance that is %s returns %i",
      async (state, code) => {
        const { hub, request, problems } = await createApi({
          overridableExistingInstanceStates,
        });
        const before = hub.getInstance(state);
        const { status, text } = await request(
          "POST",
          `orchestrators/echo/${state}`,
          {
            body: '"new"',
          },
        );
        expect(status).toBe(code);
        await hub.whenIdle();
        if (code === 202)
          expect(hub.getInstance(state)).toMatchObject({
            status: "Completed",
            output: '"new"',
          });
        else {
          expect(text).toContain(
            `An Orchestration instance with the status ${state} already exists.`,
          );
          expect(hub.getInstance(state)).toEqual(before);
        }
        expect(problems).toEqual([]);
      },
    );
  },
);

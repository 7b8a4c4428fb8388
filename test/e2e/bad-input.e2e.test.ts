import { createApiClient, type ProblemBody } from "../support/http/api-client";
import { type AosProcess, startAos } from "../support/cli/aos-process";

let cloud: AosProcess;
let api: ReturnType<typeof createApiClient>;
beforeAll(async () => {
  cloud = await startAos();
  api = createApiClient(cloud.url);
});
afterAll(() => cloud.stop());

const workflow = "document-review";
const step = { id: "look", kind: "tool", tool: "listDocuments" };
const definition = { name: "w", version: "1", steps: [step] };

type Case = readonly [
  input: string,
  body: unknown,
  status: number,
  code: string,
  pointers?: readonly string[],
];
const bodies: readonly Case[] = [
  ["malformed JSON", '{"workflow": ', 400, "malformed_json"],
  ["an empty body", "", 400, "invalid_request"],
  ["a list", [], 400, "invalid_request", [""]],
  [
    "a request without workflow and definition",
    {},
    400,
    "invalid_request",
    [""],
  ],
  [
    "both workflow and definition",
    { workflow, definition },
    400,
    "invalid_request",
    [""],
  ],
  ["an unknown workflow", { workflow: "nope" }, 404, "workflow_not_found"],
  [
    "an unknown version",
    { workflow, version: "99" },
    404,
    "workflow_not_found",
  ],
  [
    "unknown fields",
    { workflow, colour: "red", delay: "1m" },
    400,
    "invalid_request",
    ["/colour", "/delay"],
  ],
  [
    "wrong types",
    { workflow: 1, tags: { a: 2 }, sessionId: [] },
    400,
    "invalid_request",
    ["/workflow", "/tags/a", "/sessionId"],
  ],
  [
    "too many tags",
    {
      workflow,
      tags: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [i, ""])),
    },
    400,
    "invalid_request",
    ["/tags"],
  ],
  [
    "an id with a slash",
    { workflow, id: "a/b" },
    400,
    "invalid_request",
    ["/id"],
  ],
  [
    "an id that starts with @",
    { workflow, id: "@a" },
    400,
    "invalid_request",
    ["/id"],
  ],
  ["the id ..", { workflow, id: ".." }, 400, "invalid_request", ["/id"]],
  [
    "input that does not match the schema of the workflow",
    { workflow, input: { documents: "all" } },
    400,
    "invalid_request",
    ["/input/documents"],
  ],
  [
    "a definition with an unknown tool",
    { definition: { ...definition, steps: [{ ...step, tool: "nope" }] } },
    400,
    "invalid_workflow",
    ["/definition/steps/0/tool"],
  ],
  ["a definition that is a number", { definition: 7 }, 400, "invalid_workflow"],
  [
    "a definition whose input is not a JSON Schema",
    { definition: { ...definition, input: { type: "nope" } } },
    400,
    "invalid_workflow",
  ],
  [
    "a body over 1 MiB",
    { workflow, input: "x".repeat(2 << 20) },
    413,
    "payload_too_large",
  ],
  [
    "a body of 100,000 nested lists",
    "[".repeat(100_000) + "]".repeat(100_000),
    400,
    "invalid_request",
  ],
];

function expectProblem(
  response: { status: number; headers: Headers; body: ProblemBody },
  status: number,
  code: string,
) {
  const { requestId } = response.body;
  expect(response.body).toMatchObject({ status, code });
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toMatch(
    /^application\/problem\+json/,
  );
  expect(response.headers.get("x-aos-request-id")).toBe(requestId);
  expect(JSON.stringify(response.body)).not.toMatch(
    /\\n\s+at |\.js:\d|\.ts:\d/,
  );
}

describe("POST /api/orchestrations", () => {
  const cases = bodies.map(([input, body, status, code, pointers]) => ({
    input,
    body,
    status,
    code,
    pointers,
  }));
  test.each(cases)(
    "rejects $input with $status $code",
    async ({ body, status, code, pointers }) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const response = await api.postText<ProblemBody>(text);
      expectProblem(response, status, code);
      if (pointers !== undefined)
        expect(response.body.errors?.map(({ pointer }) => pointer)).toEqual(
          pointers,
        );
    },
  );

  test("rejects an id that differs from the idempotency key with 400", async () => {
    const body = JSON.stringify({ workflow, id: "a" });
    const response = await api.postText<ProblemBody>(body, {
      "idempotency-key": "b",
    });
    expectProblem(response, 400, "invalid_request");
  });
});

describe("GET", () => {
  const requests: readonly (readonly [string, number, string])[] = [
    ["orchestrations/nope", 404, "orchestration_not_found"],
    ["orchestrations/nope/result", 404, "orchestration_not_found"],
    ["orchestrations/nope/history", 404, "orchestration_not_found"],
    ["orchestrations/a%20b", 400, "invalid_request"],
    ["orchestrations/nope?wait=soon", 400, "invalid_request"],
    ["orchestrations/nope?wait=1h", 400, "invalid_request"],
    ["orchestrations?status=sleeping", 400, "invalid_request"],
    ["orchestrations?limit=0", 400, "invalid_request"],
    ["orchestrations?limit=201", 400, "invalid_request"],
    ["orchestrations?limit=many", 400, "invalid_request"],
    ["orchestrations?tag=loose", 400, "invalid_request"],
    ["orchestrations?from=yesterday", 400, "invalid_request"],
    ["orchestrations?cursor=%F0%9F%92%A5", 400, "invalid_request"],
    ["orchestrations?state=failed", 400, "invalid_request"],
  ];
  test.each(requests)("%s returns %d %s", async (path, status, code) => {
    expectProblem(await api.get<ProblemBody>(path), status, code);
  });
});

test("AOS is still ready after all invalid requests", async () => {
  expect((await api.get("health/ready")).status).toBe(200);
});

import { ServiceBusClient } from "@azure/service-bus";
import {
  sendInBatches,
  waitForMessages,
} from "../../support/messaging/queue-contents";
import { createTemporaryFolder } from "../../../local-cloud/test/support/cli/cloud-process";
import { type Pipeline, startPipeline } from "../../support/messaging/pipeline";

const { sessions, messages, kills } =
  process.env["SOAK"] === "1"
    ? { sessions: 20, messages: 50, kills: 4 }
    : { sessions: 6, messages: 8, kills: 0 };

/** Its step takes long enough that concurrent runs overlap. */
const definition = {
  name: "ordered",
  version: "1",
  steps: [{ id: "list", kind: "tool", tool: "listDocuments" }],
  output: "${input}",
};

const folder = createTemporaryFolder();
let pipeline: Pipeline;
let client: ServiceBusClient;
beforeAll(async () => {
  pipeline = await startPipeline(folder);
  client = new ServiceBusClient(pipeline.connectionString);
});
afterAll(async () => {
  await client.close();
  await pipeline[Symbol.asyncDispose]();
});

const waitForResponses = (count: number) =>
  waitForMessages(count, client, "agent-responses", 240_000);

interface Run {
  readonly session: number;
  readonly n: number;
  readonly startedAt: string;
  readonly endedAt: string;
}

test(`${sessions} sessions of ${messages} messages run in order within a session and concurrently across sessions, with ${kills} kills of the host`, async () => {
  const all = Array.from({ length: messages }, (_, n) =>
    Array.from({ length: sessions }, (_, session) => ({
      sessionId: `s-${session}`,
      messageId: `m-${session}-${n}`,
      body: { definition, input: { session, n } },
    })),
  ).flat();
  // A batch of the client contains messages of one session only.
  for (let session = 0; session < sessions; session++)
    await sendInBatches(
      client,
      "agent-session-requests",
      all.filter(({ sessionId }) => sessionId === `s-${session}`),
    );
  for (let kill = 1; kill <= kills; kill++) {
    await waitForResponses(Math.floor((all.length * kill) / (kills + 2)));
    await pipeline.killHost();
  }
  const responses = await waitForResponses(all.length);
  const runs = responses.map(({ body }): Run => {
    const { output, startedAt, endedAt } = body as {
      output: { session: number; n: number };
      startedAt: string;
      endedAt: string;
    };
    return { ...output, startedAt, endedAt };
  });
  expect(runs).toHaveLength(all.length);
  for (let session = 0; session < sessions; session++) {
    const ofSession = runs.filter((run) => run.session === session);
    expect(ofSession.map(({ n }) => n)).toEqual(
      Array.from({ length: messages }, (_, n) => n),
    );
    ofSession.slice(1).forEach(({ startedAt }, index) => {
      expect(startedAt >= (ofSession[index]?.endedAt ?? "")).toBe(true);
    });
  }
  const overlaps = runs.filter((run) =>
    runs.some(
      (other) =>
        other.session !== run.session &&
        other.startedAt < run.endedAt &&
        run.startedAt < other.endedAt,
    ),
  );
  expect(overlaps.length).toBeGreaterThan(sessions);
}, 300_000);

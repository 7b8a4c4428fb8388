import { finishOrchestration } from "../../../src/orchestrations/end/finish-orchestration";
import { recordHistory } from "../../../activities/record-history";
import type { FinishInput } from "../../../src/domain/contracts";
import { createEvent } from "../../../src/domain/history/create-event";
import type { Json } from "../../../src/domain/payload";
import { noUsage } from "../../../src/domain/usage";
import { useAzuriteStorage } from "../../support/storage/azurite-storage";
import { newClaim, newOrchestrationId } from "../../contracts/storage.contract";
import {
  activityTime,
  createScope,
} from "../../support/activities/activity-context";
import { createEventLog } from "../../support/telemetry/event-log";

const storage = useAzuriteStorage();

const { log } = createEventLog();
const dependencies = { storage, messaging: () => undefined };

/** Claims an orchestration and records its start. */
async function startOrchestration(): Promise<string> {
  const orchestrationId = newOrchestrationId();
  await storage().orchestrations.claim(newClaim(orchestrationId));
  const events = [
    createEvent({ type: "orchestration.started", at: activityTime }),
  ];
  const record = recordHistory(dependencies);
  await record({ orchestrationId, events, status: "running" }, log);
  return orchestrationId;
}

const finish = (input: FinishInput) =>
  finishOrchestration(dependencies)(input, log);

const createFinishInput = (
  orchestrationId: string,
  result: FinishInput["result"],
): FinishInput => ({
  orchestrationId,
  startedAt: activityTime,
  at: "2026-01-01T01:00:00.000Z",
  metadata: { workflow: "echo", version: "1", tags: {} },
  events: [],
  usage: { ...noUsage, modelCalls: 2 },
  result,
});

const completedInput = (orchestrationId: string, outputTemplate: Json) =>
  createFinishInput(orchestrationId, {
    status: "completed",
    outputTemplate,
    scope: createScope(orchestrationId, { value: 7 }),
  });

describe("finishOrchestration", () => {
  test("writes summary, output and history event once when it is repeated", async () => {
    const id = await startOrchestration();
    const input = completedInput(id, { seven: "${input}" });
    expect(await finish(input)).toEqual({ value: { seven: 7 } });
    expect(await finish(input)).toEqual({ value: { seven: 7 } });
    const found = await storage().orchestrations.find(id);
    expect(found?.summary).toMatchObject({
      status: "completed",
      endedAt: input.at,
      usage: { modelCalls: 2 },
    });
    expect(await storage().orchestrations.output(id)).toEqual({
      value: { seven: 7 },
    });
    const events = await storage().history.read(id);
    expect(events.map(({ type }) => type)).toEqual([
      "orchestration.started",
      "orchestration.completed",
    ]);
  });

  test("throws expression_failed for an invalid output template, and can then record the failure", async () => {
    const id = await startOrchestration();
    await expect(
      finish(completedInput(id, "${input.x.y}")),
    ).rejects.toMatchObject({ code: "expression_failed" });
    const error = { code: "expression_failed", message: "no x" };
    await finish(createFinishInput(id, { status: "failed", error }));
    const found = await storage().orchestrations.find(id);
    expect(found?.summary).toMatchObject({ status: "failed", error });
    expect(await storage().orchestrations.output(id)).toBeUndefined();
  });
});

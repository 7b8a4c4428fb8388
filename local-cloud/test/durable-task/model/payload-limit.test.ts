import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OrchestrationContext } from "durable-functions";
import { runWithCrashes } from "../../support/durable-task/crashing-hub";

const folder = mkdtempSync(join(tmpdir(), "large-payload-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const stubs = () => ({
  activities: {
    text: (length: number) => "x".repeat(length),
    length: (text: string) => text.length,
  },
});

test("keeps a payload of 9 MB, which is larger than the commit log, when the hub crashes after every commit", async () => {
  const size = 9_000_000;
  const { instance, runs } = await runWithCrashes(
    {
      orchestrator: function* ({ df }: OrchestrationContext) {
        const result: unknown = yield df.callActivity("text", size);
        const length: unknown = yield df.callActivity("length", result);
        return length;
      },
      stubs,
      nextCrash: () => "after commit",
    },
    join(folder, "hub"),
  );
  expect(instance).toMatchObject({ status: "Completed", output: String(size) });
  expect(runs.length).toBeGreaterThan(3);
}, 30_000);

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OrchestrationContext } from "durable-functions";
import { play } from "./crash/mortal-hub";

const folder = mkdtempSync(join(tmpdir(), "large-payload-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const roles = () => ({
  activities: {
    text: (length: number) => "x".repeat(length),
    length: (of: string) => of.length,
  },
});

test("nine megabytes, more than the commit log holds, go through a hub that dies after every commit", async () => {
  const size = 9_000_000;
  const { instance, lives } = await play(
    {
      orchestrator: function* ({ df }: OrchestrationContext) {
        const result: unknown = yield df.callActivity("text", size);
        const length: unknown = yield df.callActivity("length", result);
        return length;
      },
      roles,
      fate: () => "dies after",
    },
    join(folder, "hub"),
  );
  expect(instance).toMatchObject({ status: "Completed", output: String(size) });
  expect(lives.length).toBeGreaterThan(3);
}, 30_000);

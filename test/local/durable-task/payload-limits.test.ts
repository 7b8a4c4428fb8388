/** What is kept or handed on may be large, up to `maxPayloadBytes`; what is larger fails its step, by name. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EntityId,
  type OrchestrationContext,
  type Task,
} from "durable-functions";
import type { Roles } from "../../../src/local/testing/cast";
import { play } from "./mortal-hub";

const folder = mkdtempSync(join(tmpdir(), "payloads-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Orchestrator = (
  context: OrchestrationContext,
) => Generator<Task, unknown, never>;
interface EntityRun {
  readonly df: {
    readonly operationName: string;
    getInput(): number;
    getState(initial: () => string): string;
    setState(value: string): void;
    return(value: unknown): void;
  };
}
const text = (length: number): string => "x".repeat(length);
const keeper = new EntityId("keeper", "one");
const roles = (): Roles => ({
  activities: { text, length: (of: string) => of.length },
  subOrchestrators: {
    echo: function* ({ df }: OrchestrationContext) {
      yield df.callActivity("length", "");
      return df.getInput<unknown>();
    },
    big: function* ({ df }: OrchestrationContext) {
      const some: unknown = yield df.callActivity("text", 60);
      return String(some) + text(df.getInput<number>());
    },
  },
  entities: {
    keeper: ({ df }: EntityRun) => {
      if (df.operationName === "keep") df.setState(text(df.getInput()));
      df.return(df.getState(() => "").length);
    },
  },
});

let plays = 0;
const played = async (
  orchestrator: Orchestrator,
  maxPayloadBytes: number,
  input: number,
) => {
  const settings = { maxPayloadBytes };
  const at = join(folder, String((plays += 1)));
  const { instance } = await play(
    { orchestrator, roles, settings, input, fate: () => "live" },
    at,
  );
  return instance;
};

const kinds: Readonly<Record<string, { run: Orchestrator; says: RegExp }>> = {
  "the output of an orchestration": {
    *run({ df }) {
      yield df.callActivity("length", "");
      return text(df.getInput<number>());
    },
    says: /Its output has/,
  },
  "the input of an activity": {
    *run({ df }) {
      return yield df.callActivity("length", text(df.getInput<number>()));
    },
    says: /The input of activity 'length' has/,
  },
  "the result of an activity": {
    *run({ df }) {
      const result: unknown = yield df.callActivity("text", df.getInput());
      return String(result).length;
    },
    says: /Activity function 'text' failed: Its result has/,
  },
  "the input of a sub-orchestration": {
    *run({ df }) {
      const echo: unknown = yield df.callSubOrchestrator(
        "echo",
        text(df.getInput<number>()),
      );
      return String(echo).length;
    },
    says: /The input of sub-orchestration 'echo' has/,
  },
  "the output of a sub-orchestration": {
    *run({ df }) {
      const big: unknown = yield df.callSubOrchestrator("big", df.getInput());
      return String(big).length;
    },
    says: /Orchestrator function 'big' failed: Its output has/,
  },
  "the state of an entity": {
    *run({ df }) {
      return yield df.callEntity(keeper, "keep", df.getInput());
    },
    says: /The state of entity @keeper@one has/,
  },
  "the input to continue as new with": {
    *run({ df }) {
      const input = df.getInput<unknown>();
      if (typeof input !== "number") return "done";
      yield df.callActivity("length", "");
      df.continueAsNew({ text: text(input) });
      return undefined;
    },
    says: /The input to continue as new with has/,
  },
};

describe.each(Object.entries(kinds))("%s", (_kind, { run, says }) => {
  test("may be larger than 60 KB", async () => {
    expect(await played(run, 16 * 2 ** 20, 70_000)).toMatchObject({
      status: "Completed",
    });
  });

  test("fails what it belongs to when it is larger than the limit, with both sizes", async () => {
    const { status, output } = await played(run, 1000, 2000);
    expect(status).toBe("Failed");
    expect(output).toMatch(says);
    expect(output).toMatch(
      /20\d\d bytes, which is larger than 1000 bytes \(maxPayloadBytes/,
    );
  });
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
    join(folder, "large"),
  );
  expect(instance).toMatchObject({ status: "Completed", output: String(size) });
  expect(lives.length).toBeGreaterThan(3);
}, 30_000);

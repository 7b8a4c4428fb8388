import type { EntityContext } from "durable-functions";
import { InvocationContext } from "@azure/functions";
import { agentSession } from "../../entities/agent-session";
import type { SessionState } from "../../src/domain/session/agent-session";

interface Internals {
  readonly Entity: new (
    handler: (context: EntityContext<SessionState>) => void,
  ) => {
    handle(
      trigger: object,
      context: InvocationContext,
    ): Promise<{
      readonly entityState: string;
      readonly results: readonly {
        readonly isError: boolean;
        readonly result: string;
      }[];
    }>;
  };
}
const { Entity } = jest.requireActual<Internals>(
  "durable-functions/lib/src/entities/Entity",
);

test("returns one result per operation of a batch, an error for an unknown operation", async () => {
  const input = JSON.stringify({ turnKey: "o1/s" });
  const begun = {
    call: "agentSession/begin/o1%2Fs",
    ok: true,
    value: { turn: 1, concurrentTurns: [] },
  };
  const batch = ["begin", "unknown", "begin"].map((name) => ({ name, input }));
  const self = { name: "agentsession", key: "k" };
  const trigger = { self, exists: false, state: undefined, batch };
  const { results, entityState } = await new Entity(agentSession).handle(
    trigger,
    new InvocationContext(),
  );
  expect(results.map(({ result }) => JSON.parse(result) as unknown)).toEqual([
    begun,
    {
      call: "agentSession/unknown/o1%2Fs",
      ok: false,
      failure: expect.objectContaining({ code: "internal_error" }) as object,
    },
    begun,
  ]);
  expect(JSON.parse(entityState)).toMatchObject({ turns: 1 });
});

/** Operations on the session entity. They are idempotent by turn key. */
import type { TaskResult } from "../../src/domain/answers/answer";
import type { AgentTurnInput } from "../../src/domain/contracts";
import { startEntityOperation } from "../../src/domain/durable/calls";
import type {
  DurableOperation,
  OrchestrationContext,
} from "../../src/domain/durable/context";
import type { Json } from "../../src/domain/payload";
import { noRetry } from "../../src/domain/retry/retry-policy";
import {
  agentSessionEntity,
  sessionCallKey,
  type SessionTurnStart,
} from "../../src/domain/session/agent-session";
import type { Usage } from "../../src/domain/usage";
import { callWithRetry } from "./call-with-retry";

const turnKey = ({ orchestrationId, stepId }: AgentTurnInput): string =>
  `${orchestrationId}/${stepId}`;

export const beginSessionTurn = (
  context: OrchestrationContext,
  input: AgentTurnInput,
): DurableOperation<TaskResult<SessionTurnStart>> =>
  callSession(context, input, "begin", { turnKey: turnKey(input) });

export const completeSessionTurn = (
  context: OrchestrationContext,
  input: AgentTurnInput,
  usage: Usage,
): DurableOperation<TaskResult<null>> =>
  callSession(context, input, "complete", {
    turnKey: turnKey(input),
    usage: { ...usage },
  });

const callSession = <Result>(
  context: OrchestrationContext,
  step: AgentTurnInput,
  name: "begin" | "complete",
  input: Json,
): DurableOperation<TaskResult<Result>> =>
  callWithRetry(
    context,
    { retry: noRetry },
    {
      name: `session-${name}`,
      start: () =>
        startEntityOperation<Result>(
          context,
          { name: agentSessionEntity, key: step.sessionKey },
          { name, input },
          sessionCallKey(name, turnKey(step)),
        ),
    },
  );

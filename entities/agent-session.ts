import type { EntityContext } from "../src/domain/durable/context";
import {
  applySessionOperation,
  emptySession,
  type SessionState,
} from "../src/domain/session/agent-session";

/** Assigns turn numbers to an agent session and sums its usage. */
export function agentSession(context: EntityContext<SessionState>): void {
  const { df } = context;
  const [state, result] = applySessionOperation(
    df.getState() ?? emptySession,
    df.operationName,
    df.getInput(),
  );
  df.setState(state);
  // Exactly once per operation: the library matches results to operations by position.
  df.return(result);
}

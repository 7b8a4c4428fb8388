import {
  applySessionOperation,
  emptySession,
  type SessionState,
} from "../src/domain/session/agent-session";
import type { EntityContext } from "../src/domain/durable";

/** Numbers the turns of one agent's session and adds up what they cost. */
export function agentSession(context: EntityContext<SessionState>): void {
  const { df } = context;
  const [state, answer] = applySessionOperation(
    df.getState() ?? emptySession,
    df.operationName,
    df.getInput(),
  );
  df.setState(state);
  // Exactly once for each operation: the library pushes results and counts them against operations by position.
  df.return(answer);
}

import {
  applyToSession,
  newSession,
  type SessionState,
} from "../src/model/agent-session";
import type { EntityContext } from "../src/model/durable";

/** Numbers the turns of one agent's session and adds up what they cost. */
export function agentSession(context: EntityContext<SessionState>): void {
  const { df } = context;
  const [state, answer] = applyToSession(
    df.getState() ?? newSession,
    df.operationName,
    df.getInput(),
  );
  df.setState(state);
  // Exactly once for each operation: the library pushes results and counts them against operations by position.
  df.return(answer);
}

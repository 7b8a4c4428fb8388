import type { ReleaseSessionInput } from "../src/domain/contracts";
import type { ActivityDependencies } from "./activity-dependencies";

/** Starts the next orchestration of a session. A port, because activities do not import use cases. */
export type StartNextInSession = (session: string) => Promise<void>;

/** Removes an ended orchestration from its session queue, then starts the next one. Idempotent. */
export const releaseSession =
  (
    { storage }: Pick<ActivityDependencies, "storage">,
    startNext: StartNextInSession,
  ) =>
  async ({
    orchestrationId,
    queuePosition,
  }: ReleaseSessionInput): Promise<null> => {
    await storage().sessions.remove({ id: orchestrationId, queuePosition });
    await startNext(queuePosition.session);
    return null;
  };

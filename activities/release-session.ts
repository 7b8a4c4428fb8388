import type { ReleaseSessionInput } from "../src/domain/contracts";
import type { ActivityDependencies } from "./activity-dependencies";

/** Starts the first orchestration of a session, unless somebody has. */
export type StartNextInSession = (session: string) => Promise<void>;

/** Gives up the place of an orchestration that has ended, and lets the next one begin. Both may be done twice. */
export const releaseSession =
  (
    { storage }: Pick<ActivityDependencies, "storage">,
    startFirst: StartNextInSession,
  ) =>
  async ({ orchestrationId, place }: ReleaseSessionInput): Promise<null> => {
    await storage().sessions.remove({ id: orchestrationId, place });
    await startFirst(place.session);
    return null;
  };

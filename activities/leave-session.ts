import type { LeaveSessionInput } from "../src/model/contracts";
import type { Services } from "./services";

/** Starts the first orchestration of a session, unless somebody has. */
export type StartFirst = (session: string) => Promise<void>;

/** Gives up the place of an orchestration that has ended, and lets the next one begin. Both may be done twice. */
export const leaveSession =
  ({ storage }: Pick<Services, "storage">, startFirst: StartFirst) =>
  async ({ orchestrationId, place }: LeaveSessionInput): Promise<null> => {
    await storage().sessions.leave({ id: orchestrationId, place });
    await startFirst(place.session);
    return null;
  };

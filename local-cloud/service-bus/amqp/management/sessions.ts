import {
  invalidField,
  type ManagementOperation,
  readNumber,
  requireQueue,
  requireSession,
  untilCommitted,
} from "./request";

export const setSessionState: ManagementOperation = async (request) => {
  const { queue } = requireQueue(request);
  queue.processDeadlines();
  const { id } = requireSession(request);
  const state = request.body["session-state"] ?? undefined;
  if (state !== undefined && !Buffer.isBuffer(state))
    throw invalidField("session-state", "bytes or null");
  // Copied, because a slice would keep the entire network buffer in memory.
  const copy = state && Buffer.from(state);
  await untilCommitted((onCommitted) => {
    queue.setSessionState(id, copy, onCommitted);
  });
  return {};
};

export const getSessionState: ManagementOperation = (request) => {
  requireQueue(request).queue.processDeadlines();
  return { "session-state": requireSession(request).state ?? null };
};

export const getMessageSessions: ManagementOperation = (request) => {
  const skip = readNumber(request, "skip");
  const ids = requireQueue(request).queue.sessions?.listIds() ?? [];
  const page = ids.slice(skip, skip + readNumber(request, "top"));
  if (page.length === 0) return undefined;
  return { skip: skip + page.length, "sessions-ids": page };
};

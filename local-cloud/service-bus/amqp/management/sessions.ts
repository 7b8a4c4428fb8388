import {
  invalidField,
  readNumber,
  untilCommitted,
  type ManagementOperation,
  requireQueue,
  requireSession,
} from "./request";

export const setSessionState: ManagementOperation = async (request) => {
  const { rules } = requireQueue(request);
  rules.passTime();
  const { id } = requireSession(request);
  const state = request.body["session-state"] ?? undefined;
  if (state !== undefined && !Buffer.isBuffer(state))
    throw invalidField("session-state", "bytes or null");
  // A copy: the bytes are part of a network buffer.
  const kept = state && Buffer.from(state);
  await untilCommitted((landed) => {
    rules.setSessionState(id, kept, landed);
  });
  return {};
};

export const getSessionState: ManagementOperation = (request) => {
  requireQueue(request).rules.passTime();
  return { "session-state": requireSession(request).state ?? null };
};

export const getMessageSessions: ManagementOperation = (request) => {
  const skip = readNumber(request, "skip");
  const ids = requireQueue(request).rules.sessions?.ids() ?? [];
  const page = ids.slice(skip, skip + readNumber(request, "top"));
  if (page.length === 0) return undefined;
  return { skip: skip + page.length, "sessions-ids": page };
};

import {
  invalid,
  numberOf,
  onDisk,
  type Operation,
  queueOf,
  requiredSession,
} from "./request";

export const setSessionState: Operation = async (request) => {
  const { rules } = queueOf(request);
  rules.passTime();
  const { id } = requiredSession(request);
  const state = request.body["session-state"] ?? undefined;
  if (state !== undefined && !Buffer.isBuffer(state))
    throw invalid("session-state", "bytes or null");
  // A copy: the bytes are part of a network buffer.
  const kept = state && Buffer.from(state);
  await onDisk((landed) => {
    rules.setSessionState(id, kept, landed);
  });
  return {};
};

export const getSessionState: Operation = (request) => {
  queueOf(request).rules.passTime();
  return { "session-state": requiredSession(request).state ?? null };
};

export const getMessageSessions: Operation = (request) => {
  const skip = numberOf(request, "skip");
  const ids = queueOf(request).rules.sessions?.ids() ?? [];
  const page = ids.slice(skip, skip + numberOf(request, "top"));
  if (page.length === 0) return undefined;
  return { skip: skip + page.length, "sessions-ids": page };
};

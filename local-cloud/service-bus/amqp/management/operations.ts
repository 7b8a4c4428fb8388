import { renewLock, renewSessionLock, updateDisposition } from "./locks";
import {
  cancelScheduledMessage,
  peekMessage,
  receiveBySequenceNumber,
  scheduleMessage,
} from "./messages";
import type { ManagementOperation } from "./request";
import { addRule, enumerateRules, removeRule } from "./rules";
import {
  getMessageSessions,
  getSessionState,
  setSessionState,
} from "./sessions";

/** Operations by name, without the prefix `com.microsoft:`. https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-request-response */
export const managementOperations: ReadonlyMap<string, ManagementOperation> =
  new Map(
    Object.entries({
      "renew-lock": renewLock,
      "update-disposition": updateDisposition,
      "peek-message": peekMessage,
      "schedule-message": scheduleMessage,
      "cancel-scheduled-message": cancelScheduledMessage,
      "receive-by-sequence-number": receiveBySequenceNumber,
      "renew-session-lock": renewSessionLock,
      "set-session-state": setSessionState,
      "get-session-state": getSessionState,
      "get-message-sessions": getMessageSessions,
      "add-rule": addRule,
      "remove-rule": removeRule,
      "enumerate-rules": enumerateRules,
    }),
  );

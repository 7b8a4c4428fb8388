/** History, transcripts and payloads in memory, for tests that run workflows a thousand times. */
import { AosError } from "../../../src/domain/errors";
import type { OrchestrationEvent } from "../../../src/domain/history/orchestration-history";
import {
  isPayloadRef,
  payloadInlineLimitBytes,
} from "../../../src/domain/payload";
import { sha256Hex } from "../../../src/domain/sha256";
import type {
  HistoryLog,
  PayloadStore,
  TranscriptMessage,
  TranscriptStore,
} from "../../../src/storage/ports";
import type { RecordStorage } from "../../contracts/records.contract";

export const createMemoryRecords = (): RecordStorage => ({
  history: createHistory(),
  transcripts: createTranscripts(),
  payloads: createPayloads(),
});

function createHistory(): HistoryLog {
  const logs = new Map<string, Map<string, OrchestrationEvent>>();
  const openLog = (id: string): Map<string, OrchestrationEvent> => {
    const log = logs.get(id) ?? new Map<string, OrchestrationEvent>();
    logs.set(id, log);
    return log;
  };
  return {
    append: (id, events) => {
      const log = openLog(id);
      const added: OrchestrationEvent[] = [];
      for (const event of events) {
        if (log.has(event.key)) continue;
        log.set(event.key, event);
        added.push(event);
      }
      return Promise.resolve(added);
    },
    replace: (id, event) => {
      openLog(id).set(event.key, event);
      return Promise.resolve();
    },
    read: (id) =>
      Promise.resolve(
        [...(logs.get(id)?.values() ?? [])].sort(
          (a, b) =>
            Date.parse(a.at) - Date.parse(b.at) || (a.key < b.key ? -1 : 1),
        ),
      ),
  };
}

function createTranscripts(): TranscriptStore {
  const sessions = new Map<string, Map<string, TranscriptMessage>>();
  return {
    append: (sessionKey, messages) => {
      const session =
        sessions.get(sessionKey) ?? new Map<string, TranscriptMessage>();
      sessions.set(sessionKey, session);
      if (messages.some(({ key }) => session.has(key)))
        return Promise.resolve(false);
      for (const message of messages) session.set(message.key, message);
      return Promise.resolve(true);
    },
    read: (sessionKey, { turn: last, except, from = 0 }) =>
      Promise.resolve(
        [...(sessions.get(sessionKey)?.values() ?? [])]
          .filter(
            ({ turn }) =>
              turn >= from && turn <= last && !except.includes(turn),
          )
          .sort((a, b) => (a.key < b.key ? -1 : 1)),
      ),
  };
}

function createPayloads(): PayloadStore {
  const texts = new Map<string, string>();
  return {
    put: (owner, value) => {
      const text = JSON.stringify(value);
      const bytes = Buffer.byteLength(text);
      if (bytes <= payloadInlineLimitBytes) return Promise.resolve({ value });
      const sha256 = sha256Hex(text);
      const name = `${owner}/${sha256}.json`;
      texts.set(name, text);
      return Promise.resolve({ $ref: name, bytes, sha256 });
    },
    get: (payload) => {
      if (!isPayloadRef(payload)) return Promise.resolve(payload.value);
      const text = texts.get(payload.$ref);
      return text !== undefined && sha256Hex(text) === payload.sha256
        ? Promise.resolve(JSON.parse(text) as never)
        : Promise.reject(
            new AosError("internal_error", `${payload.$ref} is unreadable.`),
          );
    },
    check: () => Promise.resolve(),
  };
}

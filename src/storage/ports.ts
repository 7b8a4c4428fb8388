/** The storage ports. Every adapter passes the suites in test/contracts. */
import type {
  OrchestrationEvent,
  OrchestrationStatus,
  OrchestrationSummary,
} from "../domain/history/orchestration-history";
import type { SessionQueuePosition } from "../domain/contracts";
import type { Json, Payload } from "../domain/payload";

/** The reservation of an orchestration id, with everything that another process needs to complete the start. */
export interface Claim {
  readonly summary: OrchestrationSummary;
  /** Digest of the request: detects another request with the same idempotency key. */
  readonly fingerprint: string;
  /** The orchestrator's input. */
  readonly start: Payload;
  /** Changes with every write of the row. */
  readonly etag: string;
  /** When the claim was last taken, ISO 8601. */
  readonly claimedAt: string;
  /** Name of the task hub in which the holder of the claim starts the orchestration. */
  readonly taskHub: string;
  readonly queuePosition?: SessionQueuePosition;
  /** The orchestration waits in its session queue. It must not start before `takeOver`. */
  readonly waiting?: boolean;
  /** How many times the orchestration was started again after a failure of the platform. Default: 0. */
  readonly resumption?: number;
  /** The end, which the task hub decided, has been answered and its session released. */
  readonly settled?: boolean;
}

export interface OrchestrationQuery {
  readonly status?: OrchestrationStatus;
  readonly workflow?: string;
  readonly tag?: { readonly key: string; readonly value: string };
  readonly from?: Date;
  readonly to?: Date;
  readonly limit: number;
  readonly cursor?: string;
}
export interface ResultPage<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

export interface OrchestrationStore {
  /** Inserts the row if no row of that id exists: exactly one of several callers gets `claimed`. */
  claim(claim: Omit<Claim, "etag">): Promise<"claimed" | "exists">;
  find(id: string): Promise<Claim | undefined>;
  /**
   * Takes over a claim that waits or is abandoned, or whose orchestration starts again as `resumption`. Returns false when
   * another caller has changed the claim.
   */
  takeOver(
    claim: Claim,
    change: Pick<Claim, "claimedAt" | "taskHub" | "resumption">,
  ): Promise<boolean>;
  /**
   * Updates the summary, unless the orchestration has ended, or the row no longer has `etag`. Returns whether it changed
   * the summary: of several calls that end the orchestration, at most one returns true.
   */
  update(id: string, change: SummaryChange, etag?: string): Promise<boolean>;
  /** Sets `settled`. Idempotent. */
  markSettled(id: string): Promise<void>;
  /** The output of a completed orchestration. */
  output(id: string): Promise<Payload | undefined>;
  /** Newest first. */
  list(query: OrchestrationQuery): Promise<ResultPage<OrchestrationSummary>>;
  /** Throws `storage_unavailable` when the tables cannot be reached. */
  check(): Promise<void>;
}
export interface SummaryChange extends Partial<
  Pick<OrchestrationSummary, "status" | "endedAt" | "error" | "usage">
> {
  readonly updatedAt: string;
  readonly output?: Payload;
}

/** The event log of orchestrations. */
export interface HistoryLog {
  /**
   * Inserts the events that do not exist yet and returns them: of several calls that append the same event, at most one
   * returns it.
   */
  append(
    id: string,
    events: readonly OrchestrationEvent[],
  ): Promise<readonly OrchestrationEvent[]>;
  /** Inserts the event, or replaces the one with the same key. */
  replace(id: string, event: OrchestrationEvent): Promise<void>;
  /** All events, ordered by `at`, then by key. */
  read(id: string): Promise<readonly OrchestrationEvent[]>;
}

export interface TranscriptMessage {
  /** Deterministic and sortable: turn, round, position. */
  readonly key: string;
  readonly turn: number;
  readonly message: Json;
}

/** The messages of agent sessions. */
export interface TranscriptStore {
  /**
   * Appends all messages (at most 100), or none and returns false when one of the keys exists. The caller then reads the
   * messages of the earlier attempt.
   */
  append(
    sessionKey: string,
    messages: readonly TranscriptMessage[],
  ): Promise<boolean>;
  /** The messages from turn `from` (default: the first) to `turn`, inclusive, except those of the turns in `except`. */
  read(
    sessionKey: string,
    range: {
      readonly turn: number;
      readonly except: readonly number[];
      readonly from?: number;
    },
  ): Promise<readonly TranscriptMessage[]>;
}

export interface QueuedOrchestration {
  readonly id: string;
  readonly queuePosition: SessionQueuePosition;
}

/** Per session, the orchestrations that run one after another, ordered by position. */
export interface SessionQueue {
  /** Idempotent. */
  enqueue(entry: QueuedOrchestration): Promise<void>;
  /** The next orchestration to run, or the one that runs. */
  head(session: string): Promise<QueuedOrchestration | undefined>;
  orchestrationIds(session: string): Promise<ReadonlySet<string>>;
  /** Idempotent. */
  remove(entry: QueuedOrchestration): Promise<void>;
}

/** Values that are too large for rows and the task hub. */
export interface PayloadStore {
  /** Returns small values inline. The name of a stored value is derived from its content, so that a retry overwrites it. */
  put(orchestrationId: string, value: Json): Promise<Payload>;
  /** Throws `internal_error` when the blob is missing or its digest differs. */
  get(payload: Payload): Promise<Json>;
  /** Throws `storage_unavailable` when the container cannot be reached. */
  check(): Promise<void>;
}

export interface Storage {
  readonly orchestrations: OrchestrationStore;
  readonly history: HistoryLog;
  readonly transcripts: TranscriptStore;
  readonly sessions: SessionQueue;
  readonly payloads: PayloadStore;
}

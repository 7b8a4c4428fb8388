/** What AOS asks of its storage. Adapters only move data; one contract suite runs against each of them. */
import type {
  OrchestrationEvent,
  OrchestrationStatus,
  OrchestrationSummary,
} from "../domain/history/orchestration-history";
import type { SessionQueuePosition } from "../domain/contracts";
import type { Json, Payload } from "../domain/payload";

/** What a claim holds: the summary, and what a later caller needs to finish the start should this one die. */
export interface Claim {
  readonly summary: OrchestrationSummary;
  /** Digest of the request, to tell a repeated request from another one under the same key. */
  readonly fingerprint: string;
  /** The orchestrator's input. */
  readonly start: Payload;
  /** Changes with every write of the row. */
  readonly etag: string;
  /** When the claim was last taken, ISO 8601. */
  readonly claimedAt: string;
  readonly place?: SessionQueuePosition;
  /** Whether it has yet to become the first of its session: until it was taken over, nobody may start it. */
  readonly waiting?: boolean;
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

/** Summary rows: one for each orchestration, and the index that lists them newest first. */
export interface OrchestrationStore {
  /** Inserts the row if no row of that id exists. The insert is the claim: exactly one caller wins. */
  claim(claim: Omit<Claim, "etag">): Promise<"claimed" | "exists">;
  find(id: string): Promise<Claim | undefined>;
  /** Takes over a claim that waits, or whose holder is gone. False when somebody else was quicker. */
  takeOver(claim: Claim, now: Date): Promise<boolean>;
  /**
   * Moves the summary on. Never back: an ended orchestration stays as it ended. True when this call is what moved it: of
   * several that tell the same end, at most one hears so.
   */
  update(id: string, change: SummaryChange): Promise<boolean>;
  /** The output of a completed orchestration. */
  output(id: string): Promise<Payload | undefined>;
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

/** The append-only record of what happened, by orchestration. */
export interface HistoryLog {
  /**
   * Writes the rows, over those that are there already. Gives the ones that were not: of several that write the same
   * fact, at most one is given it.
   */
  append(
    id: string,
    rows: readonly OrchestrationEvent[],
  ): Promise<readonly OrchestrationEvent[]>;
  /** All rows in the order of their `at`, then their key. */
  read(id: string): Promise<readonly OrchestrationEvent[]>;
}

export interface TranscriptMessage {
  /** Deterministic and sortable: turn, then round, then position. */
  readonly key: string;
  readonly turn: number;
  readonly message: Json;
}

/** The messages of agent sessions. */
export interface TranscriptStore {
  /**
   * Appends all of the messages, at most 100, or none: false when one of their keys is there already. Of two attempts
   * at the same thing the first one counts, and the other reads what it wrote.
   */
  append(
    sessionKey: string,
    messages: readonly TranscriptMessage[],
  ): Promise<boolean>;
  /** Messages in order, from turn `from` (default: the first) up to and including `turn`, without those to leave out. */
  read(
    sessionKey: string,
    upTo: {
      readonly turn: number;
      readonly except: readonly number[];
      readonly from?: number;
    },
  ): Promise<readonly TranscriptMessage[]>;
}

/** An orchestration with its place in its session. */
export interface QueuedOrchestration {
  readonly id: string;
  readonly place: SessionQueuePosition;
}

/** For each session the orchestrations that are to run one after another, in the order of their places. */
export interface SessionQueue {
  /** Joining twice is joining once. */
  enqueue(placed: QueuedOrchestration): Promise<void>;
  head(session: string): Promise<QueuedOrchestration | undefined>;
  /** The ids of all of them. */
  orchestrationIds(session: string): Promise<ReadonlySet<string>>;
  /** Leaving twice is leaving once. */
  remove(placed: QueuedOrchestration): Promise<void>;
}

/** Values too large for history and rows. */
export interface PayloadStore {
  /** Keeps the value inline when small, otherwise under a name derived from its content, so that a retry overwrites. */
  put(orchestrationId: string, value: Json): Promise<Payload>;
  /** Fails with `internal_error` when the blob is gone or its digest differs. */
  get(payload: Payload): Promise<Json>;
  /** Throws `storage_unavailable` when the blobs cannot be reached. */
  check(): Promise<void>;
}

export interface Storage {
  readonly orchestrations: OrchestrationStore;
  readonly history: HistoryLog;
  readonly transcripts: TranscriptStore;
  readonly sessions: SessionQueue;
  readonly payloads: PayloadStore;
}

import { ServiceBusError } from "../service-bus-error";
import type { StoreChange } from "./change";
import { DuplicateDetector } from "./duplicate-detector";
import { Leases } from "./leases";
import type {
  SentMessage,
  MessageContent,
  MessageLock,
  BrokerMessage,
  MessageRecord,
  SettlementOutcome,
  PropertyChanges,
} from "./message";
import { MessageLifecycle } from "./message-lifecycle";
import type { QueueDefinition, QueueDependencies } from "./queue-dependencies";
import { createBrokerMessage } from "./message-record";
import {
  type QueueSession,
  type SessionHolder,
  QueueSessions,
} from "./sessions";
import type { BrokerQueueSettings } from "./queue-settings";

/**
 * The rules of one queue, subscription or dead-letter queue: which message is given to whom, and what becomes of it.
 *
 * Q1. A message has one holder at a time. The lock's token is the right to settle it; a token is never used twice.
 * Q2. A delivery that failed (abandoned, or its lock expired) counts; one that a closed session gives back, or a
 *     restart of the broker, does not.
 */
export class BrokerQueue {
  readonly id: number;
  readonly path: string;
  readonly messages: MessageLifecycle;
  readonly sessions: QueueSessions | undefined;

  readonly #settings: BrokerQueueSettings;
  readonly #ports: QueueDependencies;
  readonly #forward: ((arrival: SentMessage) => void) | undefined;
  readonly #duplicates: DuplicateDetector;
  readonly #locks = new Leases<string, MessageLock>();

  constructor(identity: QueueDefinition, ports: QueueDependencies) {
    const { id, path, settings, forward } = identity;
    this.id = id;
    this.path = path;
    this.#settings = settings;
    this.#forward = forward;
    this.#ports = ports;
    if (settings.requiresSession)
      this.sessions = new QueueSessions(() => this.#lockUntil());
    this.messages = new MessageLifecycle(identity, ports, this.sessions);
    this.#duplicates = new DuplicateDetector(id, settings.duplicateWindowMs);
  }

  /** How many messages and sessions are locked. */
  get lockCount(): number {
    return this.#locks.size + (this.sessions?.heldCount ?? 0);
  }

  /** Takes in, at the start, what is on disk. */
  restore(
    messages: Iterable<MessageRecord>,
    duplicates: Iterable<{
      readonly messageId: string;
      readonly until: number;
    }>,
    sessionStates: Iterable<{
      readonly sessionId: string;
      readonly state: Buffer;
    }>,
  ): void {
    for (const { messageId, until } of duplicates)
      this.#duplicates.restore(messageId, until);
    for (const { sessionId, state } of sessionStates)
      this.sessions?.setState(sessionId, state);
    for (const record of messages)
      this.messages.admit(createBrokerMessage(record, undefined));
  }

  /** Throws when this queue does not take the message. */
  check({ sessionId }: SentMessage): void {
    if (this.sessions && sessionId === undefined)
      throw new ServiceBusError(
        "amqp:not-allowed",
        `'${this.path}' requires sessions: give the message a sessionId.`,
      );
  }

  /**
   * Takes messages in; `landed` is called when all of them are on disk. Gives back their sequence numbers; undefined for
   * a duplicate, which is dropped without a word, as the real service does.
   */
  send(
    arrivals: readonly SentMessage[],
    landed: () => void,
  ): (number | undefined)[] {
    const now = this.#ports.now();
    const changes: StoreChange[] = [];
    const kept: BrokerMessage[] = [];
    const sequences = arrivals.map((arrival) => {
      const remembered = this.#duplicates.admit(arrival.messageId, now);
      if (remembered === undefined) return undefined;
      changes.push(...remembered);
      const message = this.messages.create(arrival, now);
      if (this.#forward && message.state === "active") this.#forward(arrival);
      else {
        kept.push(message);
        changes.push(this.messages.creation(message, arrival.content));
      }
      return message.sequence;
    });
    this.#ports.journal.write(changes, () => {
      for (const message of kept) this.messages.admit(message);
      landed();
    });
    return sequences;
  }

  /** Throws when one of the numbers is not a scheduled message's; then none is cancelled. */
  cancelScheduled(sequences: readonly number[], landed: () => void): void {
    const messages = sequences.map((sequence) =>
      this.messages.scheduled(sequence),
    );
    this.messages.remove(messages, landed);
  }

  /** Deferred messages by their numbers; throws when one is not there, is locked, or is of another session. */
  findDeferred(
    sequences: readonly number[],
    session: QueueSession | undefined,
  ): BrokerMessage[] {
    return sequences.map((sequence) => {
      const message = this.messages.deferred(sequence);
      if (session === undefined || message.sessionId === session.id)
        return message;
      throw new ServiceBusError(
        "com.microsoft:message-not-found",
        `The message with the sequence number ${sequence} is not of the session '${session.id}'.`,
      );
    });
  }

  contentOf(message: BrokerMessage): MessageContent {
    return this.messages.contentOf(message);
  }

  lock(message: BrokerMessage, session?: QueueSession): MessageLock {
    const token = this.#ports.newToken();
    const until = session?.until ?? this.#lockUntil();
    const lock = { token, message, until };
    message.status = "locked";
    if (session) this.sessions?.lock(session, lock);
    else this.#locks.grant(token, lock, until);
    return lock;
  }

  /** Throws `message-lock-lost` when the token is of no lock (any more), `not-allowed` for a dead letter of a dead letter. */
  settle(token: string, outcome: SettlementOutcome, landed: () => void): void {
    if (outcome.kind === "dead-letter") this.messages.checkDeadLetters();
    this.passTime();
    const message = this.#unlocked(token);
    switch (outcome.kind) {
      case "complete":
        this.messages.remove([message], landed);
        break;
      case "abandon":
        this.#failed(message, outcome.properties, landed);
        break;
      case "defer":
        message.state = "deferred";
        this.messages.putBack(message, outcome.properties, landed);
        break;
      case "dead-letter":
        this.messages.moveToDeadLetters(
          message,
          outcome.properties ?? {},
          landed,
        );
        break;
    }
  }

  /** Gives the new expiry of each lock; throws when one is lost, and then renews none. */
  renew(tokens: readonly string[]): number[] {
    this.passTime();
    const locks = tokens.map((token) => {
      const lock = this.#locks.get(token);
      if (lock === undefined) throw lockLost();
      return lock;
    });
    const until = this.#lockUntil();
    for (const lock of locks)
      this.#locks.grant(lock.token, { ...lock, until }, until);
    return locks.map(() => until);
  }

  /** The holder lets the session go; what it has not settled is given out again, and that does not count. */
  releaseSession(session: QueueSession, holder: SessionHolder): void {
    if (session.holder !== holder) return;
    for (const message of this.sessions?.release(session) ?? [])
      this.messages.release(message);
  }

  setSessionState(
    sessionId: string,
    state: Buffer | undefined,
    landed: () => void,
  ): void {
    this.#ports.journal.write(
      [{ kind: "session", queue: this.id, sessionId, state: state ?? null }],
      () => {
        this.sessions?.setState(sessionId, state);
        landed();
      },
    );
  }

  /** The time at which `passTime` next has something to do; Infinity when there is none. */
  get nextDeadline(): number {
    return Math.min(
      this.#locks.nextExpiry ?? Infinity,
      this.sessions?.nextExpiry ?? Infinity,
      this.messages.nextDeadline,
    );
  }

  /** Does what is due: locks and messages expire, scheduled messages arrive. */
  passTime(): void {
    const now = this.#ports.now();
    for (const [, { message }] of this.#locks.takeExpired(now))
      this.#failed(message, undefined, nobody);
    for (const session of this.sessions?.takeExpired(now) ?? [])
      this.#sessionExpired(session);
    this.messages.passTime(now);
  }

  #sessionExpired(session: QueueSession): void {
    const { holder } = session;
    for (const message of this.sessions?.release(session) ?? [])
      this.#failed(message, undefined, nobody);
    holder?.sessionLost();
  }

  /** A delivery has failed. */
  #failed(
    message: BrokerMessage,
    properties: PropertyChanges | undefined,
    landed: () => void,
  ): void {
    message.deliveryCount += 1;
    const { maxDeliveryCount } = this.#settings;
    if (message.deliveryCount < maxDeliveryCount) {
      this.messages.putBack(message, properties, landed);
      return;
    }
    const reason = {
      DeadLetterReason: "MaxDeliveryCountExceeded",
      DeadLetterErrorDescription: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
    };
    this.messages.moveToDeadLetters(
      message,
      { ...properties, ...reason },
      landed,
    );
  }

  #unlocked(token: string): BrokerMessage {
    const lock = this.sessions
      ? this.sessions.unlock(token)
      : this.#locks.get(token);
    if (lock === undefined) throw lockLost();
    this.#locks.release(token);
    return lock.message;
  }

  #lockUntil(): number {
    return this.#ports.now() + this.#settings.lockMs;
  }
}

const nobody = (): void => undefined;

const lockLost = (): ServiceBusError =>
  new ServiceBusError(
    "com.microsoft:message-lock-lost",
    "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.",
  );

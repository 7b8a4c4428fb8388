import { ServiceBusError } from "../service-bus-error";
import type { StoreChange } from "./change";
import { DuplicateDetector } from "./duplicate-detector";
import { Leases } from "./leases";
import type {
  BrokerMessage,
  MessageLock,
  MessageRecord,
  PropertyChanges,
  SentMessage,
  SettlementOutcome,
} from "./message";
import { MessageLifecycle } from "./message-lifecycle";
import { createBrokerMessage } from "./message-record";
import type { QueueDefinition, QueueDependencies } from "./queue-dependencies";
import type { BrokerQueueSettings } from "./queue-settings";
import {
  type QueueSession,
  QueueSessions,
  type SessionHolder,
} from "./sessions";

/**
 * The state machine of one queue, subscription, topic or dead-letter queue.
 *
 * Q1. A message is locked by one receiver at a time, which settles it with the lock token. Tokens are never reused.
 * Q2. A failed delivery (abandoned, or the lock expired) increases the delivery count. A message that is released by its
 *     receiver, or because its session was closed or the broker restarted, keeps its count.
 */
export class BrokerQueue {
  readonly id: number;
  readonly path: string;
  readonly messages: MessageLifecycle;
  readonly sessions: QueueSessions | undefined;

  readonly #settings: BrokerQueueSettings;
  readonly #dependencies: QueueDependencies;
  readonly #forward: ((message: SentMessage) => void) | undefined;
  readonly #duplicates: DuplicateDetector;
  readonly #locks = new Leases<string, MessageLock>();

  constructor(definition: QueueDefinition, dependencies: QueueDependencies) {
    const { id, path, settings, forward } = definition;
    this.id = id;
    this.path = path;
    this.#settings = settings;
    this.#forward = forward;
    this.#dependencies = dependencies;
    if (settings.requiresSession)
      this.sessions = new QueueSessions(() => this.#lockUntil());
    this.messages = new MessageLifecycle(
      definition,
      dependencies,
      this.sessions,
    );
    this.#duplicates = new DuplicateDetector(id, settings.duplicateWindowMs);
  }

  /** Number of locked messages and sessions. */
  get lockCount(): number {
    return this.#locks.size + (this.sessions?.heldCount ?? 0);
  }

  /** Restores the persisted state at start-up. */
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

  /** Throws when this queue does not accept the message. */
  validate({ sessionId }: SentMessage): void {
    if (this.sessions && sessionId === undefined)
      throw new ServiceBusError(
        "amqp:not-allowed",
        `'${this.path}' requires sessions: set the sessionId of the message.`,
      );
  }

  /**
   * Stores the messages, or forwards them if this is a topic; `onCommitted` runs when all are on disk. Returns their
   * sequence numbers; undefined for a duplicate, which is dropped silently, as in Azure Service Bus.
   */
  send(
    sent: readonly SentMessage[],
    onCommitted: () => void,
  ): (number | undefined)[] {
    const now = this.#dependencies.now();
    const changes: StoreChange[] = [];
    const stored: BrokerMessage[] = [];
    const sequences = sent.map((sentMessage) => {
      const registration = this.#duplicates.register(
        sentMessage.messageId,
        now,
      );
      if (registration === undefined) return undefined;
      changes.push(...registration);
      const message = this.messages.create(sentMessage, now);
      if (this.#forward && message.state === "active")
        this.#forward(sentMessage);
      else {
        stored.push(message);
        changes.push(this.messages.toPutChange(message, sentMessage.content));
      }
      return message.sequence;
    });
    this.#dependencies.journal.write(changes, () => {
      for (const message of stored) this.messages.admit(message);
      onCommitted();
    });
    return sequences;
  }

  /** Cancels all messages. If a sequence number belongs to no scheduled message, throws and cancels none. */
  cancelScheduled(sequences: readonly number[], onCommitted: () => void): void {
    const messages = sequences.map((sequence) =>
      this.messages.getScheduled(sequence),
    );
    this.messages.remove(messages, onCommitted);
  }

  /** Throws when a deferred message does not exist, is locked, or belongs to another session. */
  findDeferred(
    sequences: readonly number[],
    session: QueueSession | undefined,
  ): BrokerMessage[] {
    return sequences.map((sequence) => {
      const message = this.messages.getDeferred(sequence);
      if (session === undefined || message.sessionId === session.id)
        return message;
      throw new ServiceBusError(
        "com.microsoft:message-not-found",
        `The message with the sequence number ${sequence} does not belong to the session '${session.id}'.`,
      );
    });
  }

  lock(message: BrokerMessage, session?: QueueSession): MessageLock {
    const token = this.#dependencies.newLockToken();
    const until = session?.until ?? this.#lockUntil();
    const lock = { token, message, until };
    message.status = "locked";
    if (session) this.sessions?.addLock(session, lock);
    else this.#locks.grant(token, lock, until);
    return lock;
  }

  /** Throws `message-lock-lost` for an unknown or expired token, `not-allowed` for dead-lettering a dead letter. */
  settle(
    token: string,
    outcome: SettlementOutcome,
    onCommitted: () => void,
  ): void {
    if (outcome.kind === "dead-letter") this.messages.requireDeadLetters();
    this.processDeadlines();
    const message = this.#unlock(token);
    switch (outcome.kind) {
      case "complete":
        this.messages.remove([message], onCommitted);
        break;
      case "release":
        this.messages.release(message);
        onCommitted();
        break;
      case "abandon":
        this.#failDelivery(message, outcome.properties, onCommitted);
        break;
      case "defer":
        message.state = "deferred";
        this.messages.requeue(message, outcome.properties, onCommitted);
        break;
      case "dead-letter":
        this.messages.moveToDeadLetters(
          message,
          outcome.properties ?? {},
          onCommitted,
        );
        break;
    }
  }

  /** Renews all locks and returns their new expiry times. Throws, and renews none, when a lock is lost. */
  renewLocks(tokens: readonly string[]): number[] {
    this.processDeadlines();
    const locks = tokens.map((token) => {
      const lock = this.#locks.get(token);
      if (lock === undefined) throw lockLostError();
      return lock;
    });
    const until = this.#lockUntil();
    for (const lock of locks)
      this.#locks.grant(lock.token, { ...lock, until }, until);
    return locks.map(() => until);
  }

  /** Releases the session and its unsettled messages, which keep their delivery count. */
  releaseSession(session: QueueSession, holder: SessionHolder): void {
    if (session.holder !== holder) return;
    for (const message of this.sessions?.release(session) ?? [])
      this.messages.release(message);
  }

  setSessionState(
    sessionId: string,
    state: Buffer | undefined,
    onCommitted: () => void,
  ): void {
    this.#dependencies.journal.write(
      [{ kind: "session", queue: this.id, sessionId, state: state ?? null }],
      () => {
        this.sessions?.setState(sessionId, state);
        onCommitted();
      },
    );
  }

  /** When `processDeadlines` next has work; Infinity when there is no deadline. */
  get nextDeadline(): number {
    return Math.min(
      this.#locks.nextExpiry ?? Infinity,
      this.sessions?.nextExpiry ?? Infinity,
      this.messages.nextDeadline,
    );
  }

  /** Expires locks and messages, and activates scheduled messages. */
  processDeadlines(): void {
    const now = this.#dependencies.now();
    for (const [, { message }] of this.#locks.takeExpired(now))
      this.#failDelivery(message, undefined, noop);
    for (const session of this.sessions?.takeExpired(now) ?? [])
      this.#expireSession(session);
    this.messages.processDeadlines(now);
  }

  #expireSession(session: QueueSession): void {
    const { holder } = session;
    for (const message of this.sessions?.release(session) ?? [])
      this.#failDelivery(message, undefined, noop);
    holder?.onSessionLost();
  }

  #failDelivery(
    message: BrokerMessage,
    properties: PropertyChanges | undefined,
    onCommitted: () => void,
  ): void {
    message.deliveryCount += 1;
    const { maxDeliveryCount } = this.#settings;
    if (message.deliveryCount < maxDeliveryCount) {
      this.messages.requeue(message, properties, onCommitted);
      return;
    }
    const reason = {
      DeadLetterReason: "MaxDeliveryCountExceeded",
      DeadLetterErrorDescription: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
    };
    this.messages.moveToDeadLetters(
      message,
      { ...properties, ...reason },
      onCommitted,
    );
  }

  #unlock(token: string): BrokerMessage {
    const lock = this.sessions
      ? this.sessions.removeLock(token)
      : this.#locks.get(token);
    if (lock === undefined) throw lockLostError();
    this.#locks.release(token);
    return lock.message;
  }

  #lockUntil(): number {
    return this.#dependencies.now() + this.#settings.lockMs;
  }
}

const noop = (): void => undefined;

const lockLostError = (): ServiceBusError =>
  new ServiceBusError(
    "com.microsoft:message-lock-lost",
    "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.",
  );

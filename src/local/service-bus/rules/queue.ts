import { ServiceBusError } from "../service-bus-error";
import type { Change, Journal } from "./change";
import { Contents } from "./contents";
import { Duplicates } from "./duplicates";
import { Available } from "./available";
import { Deadlines } from "./deadlines";
import { Leases } from "./leases";
import type {
  Arrival,
  Content,
  Lock,
  Message,
  MessageRecord,
  Outcome,
  PropertyChanges,
} from "./message";
import { newRecord, toMessage } from "./records";
import { type Session, type SessionHolder, Sessions } from "./sessions";
import type { QueueSettings } from "./settings";

/** What a queue needs of the world. */
export interface QueuePorts {
  readonly journal: Journal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new lock token: a UUID, in lower case. */
  readonly newToken: () => string;
  readonly contentOnDisk: (queue: number, sequence: number) => Content;
  /** The content with application properties set. */
  readonly withProperties: (
    content: Content,
    changes: PropertyChanges,
  ) => Content;
}

export interface QueueIdentity {
  /** The number of the queue on disk. */
  readonly id: number;
  /** For people and for clients, as it was configured. */
  readonly path: string;
  readonly settings: QueueSettings;
  /** Absent: the queue is a dead-letter queue itself. */
  readonly deadLetters: Queue | undefined;
  /** The highest sequence number that was ever given in this queue. */
  readonly lastSequence: number;
  /**
   * Present for a topic, which keeps nothing but what is scheduled: takes what arrives. What it writes in the same tick
   * becomes true together with what this queue writes.
   */
  readonly forward?: (arrival: Arrival) => void;
}

/**
 * The rules of one queue, subscription or dead-letter queue: which message is given to whom, and what becomes of it.
 *
 * Q1. Nothing is given out, and nobody is told of a change, before the change is on disk.
 * Q2. Between a decision and its landing a message is `moving` and can neither be given out nor settled.
 * Q3. A message has one holder at a time. The lock's token is the right to settle it; a token is never used twice.
 * Q4. Sequence numbers rise and are never used twice. Messages are given out in their order; one that comes back takes
 *     its old place.
 * Q5. A delivery that failed (abandoned, or its lock expired) counts; one that a closed session gives back, or a
 *     restart of the broker, does not.
 */
export class Queue {
  readonly id: number;
  readonly path: string;
  readonly settings: QueueSettings;
  readonly deadLetters: Queue | undefined;
  readonly sessions: Sessions | undefined;
  /** Called when something has landed: there may be something to give out, or another deadline. */
  onChanged: () => void = () => undefined;

  readonly #ports: QueuePorts;
  readonly #contents: Contents;
  readonly #duplicates: Duplicates;
  readonly #available = new Available();
  readonly #locks = new Leases<string, Lock>();
  /** By sequence number. */
  readonly #deferred = new Map<number, Message>();
  readonly #scheduled = new Map<number, Message>();
  readonly #due = new Deadlines();
  readonly #expiring = new Deadlines();
  readonly #forward: ((arrival: Arrival) => void) | undefined;
  #lastSequence: number;

  constructor(identity: QueueIdentity, ports: QueuePorts) {
    this.id = identity.id;
    this.path = identity.path;
    this.settings = identity.settings;
    this.deadLetters = identity.deadLetters;
    this.#lastSequence = identity.lastSequence;
    this.#forward = identity.forward;
    this.#ports = ports;
    this.#contents = new Contents(identity.id, ports.contentOnDisk);
    this.#duplicates = new Duplicates(
      identity.id,
      identity.settings.duplicateWindowMs,
    );
    if (identity.settings.requiresSession)
      this.sessions = new Sessions(() => this.#lockUntil());
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
    for (const record of messages) this.#admit(toMessage(record, undefined));
  }

  /**
   * Takes messages in; `landed` is called when all of them are on disk. Gives back their sequence numbers; undefined for
   * a duplicate, which is dropped without a word, as the real service does.
   */
  send(
    arrivals: readonly Arrival[],
    landed: () => void,
  ): (number | undefined)[] {
    const now = this.#ports.now();
    const changes: Change[] = [];
    const messages: Message[] = [];
    const sequences = arrivals.map((arrival) => {
      const remembered = this.#duplicates.admit(arrival.messageId, now);
      if (remembered === undefined) return undefined;
      const message = this.#newMessage(arrival, now);
      changes.push(...remembered);
      if (this.#forward && message.state === "active") {
        this.#forward(arrival);
        return message.sequence;
      }
      messages.push(message);
      changes.push(this.#put(message, arrival.content));
      return message.sequence;
    });
    this.#ports.journal.write(changes, () => {
      for (const message of messages) this.#admit(message);
      landed();
    });
    return sequences;
  }

  /** Whether this queue takes the message; throws when it does not. */
  check({ sessionId }: Arrival): void {
    if (this.sessions && sessionId === undefined)
      throw new ServiceBusError(
        "amqp:not-allowed",
        `'${this.path}' requires sessions: give the message a sessionId.`,
      );
  }

  /** Throws when one of the numbers is not a scheduled message's; then none is cancelled. */
  cancelScheduled(sequences: readonly number[], landed: () => void): void {
    const messages = sequences.map((sequence) =>
      this.#found(this.#scheduled, sequence),
    );
    this.#removeAll(messages, landed);
  }

  /** The next message for a receiver of the session, or of the queue. It is the caller's to lock or to remove. */
  next(session?: Session): Message | undefined {
    const available = session?.available ?? this.#available;
    for (;;) {
      const message = available.take();
      if (message === undefined || message.expiresAt > this.#ports.now())
        return message;
      this.#expired(message);
    }
  }

  lock(message: Message, session?: Session): Lock {
    const token = this.#ports.newToken();
    const until = session?.until ?? this.#lockUntil();
    const lock = { token, message, until };
    message.status = "locked";
    if (session) this.sessions?.lock(session, lock);
    else this.#locks.grant(token, lock, until);
    return lock;
  }

  contentOf(message: Message): Content {
    return this.#contents.of(message);
  }

  /** Takes the messages out for good. */
  remove(messages: readonly Message[], landed: () => void): void {
    this.#removeAll(messages, landed);
  }

  /** Deferred messages by their sequence numbers; throws when one is not there, or is locked. */
  findDeferred(
    sequences: readonly number[],
    session: Session | undefined,
  ): Message[] {
    return sequences.map((sequence) => {
      const message = this.#found(this.#deferred, sequence);
      if (session && message.sessionId !== session.id)
        throw notFound(this.path, sequence);
      return message;
    });
  }

  /** Throws `message-lock-lost` when the token is of no lock (any more), `not-allowed` for a dead letter of a dead letter. */
  settle(token: string, outcome: Outcome, landed: () => void): void {
    if (outcome.kind === "dead-letter") this.#deadLetterQueue();
    this.passTime();
    const message = this.#unlocked(token);
    switch (outcome.kind) {
      case "complete":
        this.#removeAll([message], landed);
        break;
      case "abandon":
        this.#failed(message, outcome.properties, landed);
        break;
      case "defer":
        message.state = "deferred";
        this.#putBack(message, outcome.properties, landed);
        break;
      case "dead-letter":
        this.#moveToDeadLetters(message, outcome.properties ?? {}, landed);
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
  releaseSession(session: Session, holder: SessionHolder): void {
    if (session.holder !== holder) return;
    for (const message of this.sessions?.release(session) ?? [])
      this.#makeAvailable(message);
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

  /** The time at which `passTime` next has something to do. */
  get nextDeadline(): number {
    return Math.min(
      this.#locks.nextExpiry ?? Infinity,
      this.sessions?.nextExpiry ?? Infinity,
      this.#due.next ?? Infinity,
      this.#expiring.next ?? Infinity,
    );
  }

  /** Does what is due: locks and messages expire, scheduled messages arrive. */
  passTime(): void {
    const now = this.#ports.now();
    for (const [, { message }] of this.#locks.takeExpired(now))
      this.#failed(message, undefined, nobody);
    for (const session of this.sessions?.takeExpired(now) ?? [])
      this.#sessionExpired(session);
    for (const message of this.#due.takeDue(now)) this.#activate(message, now);
    for (const message of this.#expiring.takeDue(now))
      if (message.status === "waiting") this.#expired(message);
  }

  #sessionExpired(session: Session): void {
    const holder = session.holder;
    for (const message of this.sessions?.release(session) ?? [])
      this.#failed(message, undefined, nobody);
    holder?.sessionLost();
  }

  /** A scheduled message arrives as if it had been sent now: with a new number, at the end. */
  #activate(scheduled: Message, now: number): void {
    if (scheduled.status !== "waiting") return;
    const content = this.#contents.of(scheduled);
    if (this.#forward) {
      this.#forward({ ...scheduled, scheduledFor: undefined, content });
      this.#removeAll([scheduled], nobody);
      return;
    }
    const message = this.#newMessage(
      { ...scheduled, scheduledFor: undefined, content },
      now,
    );
    const active = { ...message, scheduledFor: scheduled.scheduledFor };
    scheduled.status = "moving";
    const changes = [this.#removal(scheduled), this.#put(active, content)];
    this.#ports.journal.write(changes, () => {
      this.#gone(scheduled);
      this.#admit(active);
    });
  }

  /** A delivery has failed. */
  #failed(
    message: Message,
    properties: PropertyChanges | undefined,
    landed: () => void,
  ): void {
    message.deliveryCount += 1;
    const { maxDeliveryCount } = this.settings;
    if (message.deliveryCount < maxDeliveryCount)
      this.#putBack(message, properties, landed);
    else
      this.#moveToDeadLetters(
        message,
        {
          ...properties,
          DeadLetterReason: "MaxDeliveryCountExceeded",
          DeadLetterErrorDescription: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
        },
        landed,
      );
  }

  #putBack(
    message: Message,
    properties: PropertyChanges | undefined,
    landed: () => void,
  ): void {
    message.status = "moving";
    const { sequence, state, deliveryCount } = message;
    const content =
      properties &&
      this.#ports.withProperties(this.#contents.of(message), properties);
    const update: Change = {
      ...{ kind: "update", queue: this.id, sequence, state, deliveryCount },
      ...(content && { content }),
    };
    this.#ports.journal.write([update], () => {
      if (content) this.#contents.replace(message, content);
      this.#makeAvailable(message);
      landed();
    });
  }

  #expired(message: Message): void {
    if (this.settings.deadLetterOnExpiry)
      this.#moveToDeadLetters(
        message,
        {
          DeadLetterReason: "TTLExpiredException",
          DeadLetterErrorDescription:
            "The message expired and was dead lettered.",
        },
        nobody,
      );
    else this.#removeAll([message], nobody);
  }

  #moveToDeadLetters(
    message: Message,
    properties: PropertyChanges,
    landed: () => void,
  ): void {
    const deadLetters = this.#deadLetterQueue();
    message.status = "moving";
    const content = this.#ports.withProperties(
      this.#contents.of(message),
      properties,
    );
    const dead = deadLetters.#adopted(message, content);
    const changes = [this.#removal(message), deadLetters.#put(dead, content)];
    this.#ports.journal.write(changes, () => {
      this.#gone(message);
      deadLetters.#admit(dead);
      landed();
    });
  }

  #deadLetterQueue(): Queue {
    if (this.deadLetters) return this.deadLetters;
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${this.path}' is a dead-letter queue: complete the message, or abandon it.`,
    );
  }

  #removeAll(messages: readonly Message[], landed: () => void): void {
    for (const message of messages) message.status = "moving";
    this.#ports.journal.write(
      messages.map((message) => this.#removal(message)),
      () => {
        for (const message of messages) this.#gone(message);
        landed();
      },
    );
  }

  /** Takes in a message that is new in memory and on disk. */
  #admit(message: Message): void {
    this.#contents.keep(message);
    if (message.state === "scheduled") {
      message.status = "waiting";
      this.#scheduled.set(message.sequence, message);
      this.#due.add(message, message.scheduledFor ?? 0);
      this.onChanged();
      return;
    }
    this.#expiring.add(message, message.expiresAt);
    this.#makeAvailable(message);
  }

  /** Nobody has the message now. */
  #makeAvailable(message: Message): void {
    message.status = "waiting";
    if (message.expiresAt <= this.#ports.now()) {
      this.#expired(message);
      return;
    }
    if (message.state === "deferred") {
      this.#deferred.set(message.sequence, message);
      return;
    }
    if (this.sessions) this.sessions.add(message);
    else this.#available.add(message);
    this.onChanged();
  }

  #gone(message: Message): void {
    message.status = "gone";
    this.#deferred.delete(message.sequence);
    this.#scheduled.delete(message.sequence);
    this.#contents.drop(message);
  }

  #unlocked(token: string): Message {
    const lock = this.sessions
      ? this.sessions.unlock(token)
      : this.#locks.get(token);
    if (lock === undefined) throw lockLost();
    this.#locks.release(token);
    return lock.message;
  }

  #found(where: ReadonlyMap<number, Message>, sequence: number): Message {
    const message = where.get(sequence);
    if (message?.status === "waiting") return message;
    throw notFound(this.path, sequence);
  }

  #newMessage(arrival: Arrival, now: number): Message {
    const sequence = (this.#lastSequence += 1);
    const record = newRecord(arrival, sequence, now, this.settings.ttlMs);
    return toMessage(record, arrival.content);
  }

  /** The message as it will be among these dead letters. */
  #adopted(message: Message, content: Content): Message {
    const sequence = (this.#lastSequence += 1);
    const record: MessageRecord = {
      ...message,
      sequence,
      state: "active",
      expiresAt: Infinity,
    };
    return toMessage(record, content);
  }

  #put(message: MessageRecord, content: Content): Change {
    return { kind: "put", queue: this.id, message, content };
  }

  #removal({ sequence }: Message): Change {
    return { kind: "remove", queue: this.id, sequence };
  }

  #lockUntil(): number {
    return this.#ports.now() + this.settings.lockMs;
  }
}

const nobody = (): void => undefined;

const lockLost = (): ServiceBusError =>
  new ServiceBusError(
    "com.microsoft:message-lock-lost",
    "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.",
  );

const notFound = (path: string, sequence: number): ServiceBusError =>
  new ServiceBusError(
    "com.microsoft:message-not-found",
    `There is no such message in '${path}' to be had by the sequence number ${sequence}.`,
  );

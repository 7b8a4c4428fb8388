import { ServiceBusError } from "../service-bus-error";
import { ReadyMessages } from "./ready-messages";
import type { StoreChange } from "./change";
import { ContentCache } from "./content-cache";
import { Deadlines } from "./deadlines";
import type {
  SentMessage,
  MessageContent,
  BrokerMessage,
  MessageRecord,
  PropertyChanges,
} from "./message";
import type {
  DeadLetterSink,
  QueueDefinition,
  QueueDependencies,
} from "./queue-dependencies";
import { createMessageRecord, createBrokerMessage } from "./message-record";
import type { QueueSession, QueueSessions } from "./sessions";

/**
 * The messages of a queue, and how one goes from one state to the next.
 *
 * M1. Nothing is given out, and nobody is told of a change, before the change is on disk.
 * M2. Between a decision and its landing a message is `moving` and can neither be given out nor settled.
 * M3. Sequence numbers rise and are never used twice. Messages are given out in their order; one that comes back takes
 *     its old place.
 */
export class MessageLifecycle implements DeadLetterSink {
  readonly sessions: QueueSessions | undefined;
  /** Called when something has landed: there may be something to give out, or another deadline. */
  onChanged: () => void = () => undefined;

  readonly #identity: QueueDefinition;
  readonly #ports: QueueDependencies;
  readonly #contents: ContentCache;
  readonly #available = new ReadyMessages();
  /** By sequence number. */
  readonly #deferred = new Map<number, BrokerMessage>();
  readonly #scheduled = new Map<number, BrokerMessage>();
  readonly #due = new Deadlines();
  readonly #expiring = new Deadlines();
  #lastSequence: number;

  constructor(
    identity: QueueDefinition,
    ports: QueueDependencies,
    sessions: QueueSessions | undefined,
  ) {
    this.#identity = identity;
    this.#ports = ports;
    this.sessions = sessions;
    this.#lastSequence = identity.lastSequence;
    this.#contents = new ContentCache(identity.id, ports.contentOnDisk);
  }

  /** The next message for a receiver of the session, or of the queue. It is the caller's to lock or to remove. */
  take(session: QueueSession | undefined): BrokerMessage | undefined {
    const available = session?.available ?? this.#available;
    for (;;) {
      const message = available.take();
      if (message === undefined || message.expiresAt > this.#ports.now())
        return message;
      this.#expired(message);
    }
  }

  contentOf(message: BrokerMessage): MessageContent {
    return this.#contents.of(message);
  }

  deferred(sequence: number): BrokerMessage {
    return this.#found(this.#deferred, sequence);
  }

  scheduled(sequence: number): BrokerMessage {
    return this.#found(this.#scheduled, sequence);
  }

  /** A message with the next number. It is here when it is admitted. */
  create(arrival: SentMessage, now: number): BrokerMessage {
    const sequence = (this.#lastSequence += 1);
    const { ttlMs } = this.#identity.settings;
    return createBrokerMessage(
      createMessageRecord(arrival, sequence, now, ttlMs),
      arrival.content,
    );
  }

  adopt(message: MessageRecord, content: MessageContent): BrokerMessage {
    const sequence = (this.#lastSequence += 1);
    return createBrokerMessage(
      { ...message, sequence, state: "active", expiresAt: Infinity },
      content,
    );
  }

  creation(message: MessageRecord, content: MessageContent): StoreChange {
    return { kind: "put", queue: this.#identity.id, message, content };
  }

  /** Takes in a message that has become durable. */
  admit(message: BrokerMessage): void {
    this.#contents.keep(message);
    if (message.state === "scheduled") {
      message.status = "waiting";
      this.#scheduled.set(message.sequence, message);
      this.#due.add(message, message.scheduledFor ?? 0);
      this.onChanged();
      return;
    }
    this.#expiring.add(message, message.expiresAt);
    this.release(message);
  }

  /** Nobody has the message now. */
  release(message: BrokerMessage): void {
    message.status = "waiting";
    if (message.expiresAt <= this.#ports.now()) {
      this.#expired(message);
      return;
    }
    if (message.state === "deferred")
      this.#deferred.set(message.sequence, message);
    else if (this.sessions) this.sessions.add(message);
    else this.#available.add(message);
    this.onChanged();
  }

  /** Takes the messages out for good. */
  remove(messages: readonly BrokerMessage[], landed: () => void): void {
    for (const message of messages) message.status = "moving";
    this.#ports.journal.write(
      messages.map((message) => this.#removal(message)),
      () => {
        for (const message of messages) this.#gone(message);
        landed();
      },
    );
  }

  /** Writes down what has changed of the message, and then releases it. */
  putBack(
    message: BrokerMessage,
    properties: PropertyChanges | undefined,
    landed: () => void,
  ): void {
    message.status = "moving";
    const content =
      properties &&
      this.#ports.withProperties(this.#contents.of(message), properties);
    const { sequence, state, deliveryCount } = message;
    const update: StoreChange = {
      ...{ kind: "update", queue: this.#identity.id },
      ...{ sequence, state, deliveryCount },
      ...(content && { content }),
    };
    this.#ports.journal.write([update], () => {
      if (content) this.#contents.replace(message, content);
      this.release(message);
      landed();
    });
  }

  moveToDeadLetters(
    message: BrokerMessage,
    properties: PropertyChanges,
    landed: () => void,
  ): void {
    const deadLetters = this.#deadLetters();
    message.status = "moving";
    const content = this.#ports.withProperties(
      this.#contents.of(message),
      properties,
    );
    const dead = deadLetters.adopt(message, content);
    const changes = [
      this.#removal(message),
      deadLetters.creation(dead, content),
    ];
    this.#ports.journal.write(changes, () => {
      this.#gone(message);
      deadLetters.admit(dead);
      landed();
    });
  }

  #deadLetters(): DeadLetterSink {
    const { deadLetters, path } = this.#identity;
    if (deadLetters) return deadLetters;
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' is a dead-letter queue: complete the message, or abandon it.`,
    );
  }

  /** Takes a message in among the dead letters straight away. */
  refuse(arrival: SentMessage, properties: PropertyChanges): void {
    const deadLetters = this.#deadLetters();
    const { content } = arrival;
    const changed = this.#ports.withProperties(content, properties);
    const message = this.create(arrival, this.#ports.now());
    const dead = deadLetters.adopt(message, changed);
    this.#ports.journal.write([deadLetters.creation(dead, changed)], () => {
      deadLetters.admit(dead);
    });
  }

  /** Throws `not-allowed` for a queue of dead letters. */
  checkDeadLetters(): void {
    this.#deadLetters();
  }

  get nextDeadline(): number {
    return Math.min(
      this.#due.next ?? Infinity,
      this.#expiring.next ?? Infinity,
    );
  }

  /** Scheduled messages arrive, others expire. */
  passTime(now: number): void {
    for (const message of this.#due.takeDue(now))
      if (message.status === "waiting") this.#activate(message, now);
    for (const message of this.#expiring.takeDue(now))
      if (message.status === "waiting") this.#expired(message);
  }

  /** A scheduled message arrives as if it had been sent now: with a new number, at the end. */
  #activate(scheduled: BrokerMessage, now: number): void {
    const content = this.#contents.of(scheduled);
    const arrival = { ...scheduled, scheduledFor: undefined, content };
    const { forward } = this.#identity;
    if (forward) {
      forward(arrival);
      this.remove([scheduled], () => undefined);
      return;
    }
    scheduled.status = "moving";
    const active = {
      ...this.create(arrival, now),
      scheduledFor: scheduled.scheduledFor,
    };
    const changes = [this.#removal(scheduled), this.creation(active, content)];
    this.#ports.journal.write(changes, () => {
      this.#gone(scheduled);
      this.admit(active);
    });
  }

  #expired(message: BrokerMessage): void {
    const nobody = (): void => undefined;
    if (this.#identity.settings.deadLetterOnExpiry)
      this.moveToDeadLetters(
        message,
        {
          DeadLetterReason: "TTLExpiredException",
          DeadLetterErrorDescription:
            "The message expired and was dead lettered.",
        },
        nobody,
      );
    else this.remove([message], nobody);
  }

  #gone(message: BrokerMessage): void {
    message.status = "gone";
    this.#deferred.delete(message.sequence);
    this.#scheduled.delete(message.sequence);
    this.#contents.drop(message);
  }

  #found(
    where: ReadonlyMap<number, BrokerMessage>,
    sequence: number,
  ): BrokerMessage {
    const message = where.get(sequence);
    if (message?.status === "waiting") return message;
    throw new ServiceBusError(
      "com.microsoft:message-not-found",
      `There is no such message in '${this.#identity.path}' to be had by the sequence number ${sequence}.`,
    );
  }

  #removal({ sequence }: BrokerMessage): StoreChange {
    return { kind: "remove", queue: this.#identity.id, sequence };
  }
}

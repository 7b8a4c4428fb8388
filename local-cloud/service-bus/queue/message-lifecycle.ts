import { ServiceBusError } from "../service-bus-error";
import type { StoreChange } from "./change";
import { ContentCache } from "./content-cache";
import { Deadlines } from "./deadlines";
import type {
  BrokerMessage,
  MessageContent,
  MessageRecord,
  PropertyChanges,
  SentMessage,
} from "./message";
import { createBrokerMessage, createMessageRecord } from "./message-record";
import type {
  DeadLetterSink,
  QueueDefinition,
  QueueDependencies,
} from "./queue-dependencies";
import { ReadyMessages } from "./ready-messages";
import type { QueueSession, QueueSessions } from "./sessions";

/**
 * The messages of a queue and their transitions between states.
 *
 * M1. A message is delivered, and a change is confirmed to a client, only after the change is on disk.
 * M2. From the decision on a change until its commit the message is `committing`: it can be neither delivered nor settled.
 * M3. Sequence numbers ascend and are never reused. Messages are delivered in their order; a redelivered message keeps
 *     its number and so its position.
 */
export class MessageLifecycle implements DeadLetterSink {
  readonly sessions: QueueSessions | undefined;
  /** Called after a commit when a message may have become available or a deadline may have changed. */
  onChanged: () => void = () => undefined;

  readonly #definition: QueueDefinition;
  readonly #dependencies: QueueDependencies;
  readonly #contents: ContentCache;
  readonly #ready = new ReadyMessages();
  /** By sequence number. */
  readonly #deferred = new Map<number, BrokerMessage>();
  /** By sequence number. */
  readonly #scheduled = new Map<number, BrokerMessage>();
  readonly #scheduledTimes = new Deadlines();
  readonly #expiryTimes = new Deadlines();
  #lastSequence: number;

  constructor(
    definition: QueueDefinition,
    dependencies: QueueDependencies,
    sessions: QueueSessions | undefined,
  ) {
    this.#definition = definition;
    this.#dependencies = dependencies;
    this.sessions = sessions;
    this.#lastSequence = definition.lastSequence;
    this.#contents = new ContentCache(definition.id, dependencies.loadContent);
  }

  /** Takes the next message of the session or, without one, of the queue. The caller must lock or remove it. */
  take(session: QueueSession | undefined): BrokerMessage | undefined {
    const ready = session?.ready ?? this.#ready;
    for (;;) {
      const message = ready.take();
      if (message === undefined || message.expiresAt > this.#dependencies.now())
        return message;
      this.#expire(message);
    }
  }

  readContent(message: BrokerMessage): MessageContent {
    return this.#contents.read(message);
  }

  /** Throws `message-not-found`. */
  getDeferred(sequence: number): BrokerMessage {
    return this.#getAvailable(this.#deferred, sequence);
  }

  /** Throws `message-not-found`. */
  getScheduled(sequence: number): BrokerMessage {
    return this.#getAvailable(this.#scheduled, sequence);
  }

  /** Creates a message with the next sequence number. It becomes available when it is admitted. */
  create(sent: SentMessage, now: number): BrokerMessage {
    const sequence = (this.#lastSequence += 1);
    const { ttlMs } = this.#definition.settings;
    return createBrokerMessage(
      createMessageRecord(sent, sequence, now, ttlMs),
      sent.content,
    );
  }

  createDeadLetter(
    message: MessageRecord,
    content: MessageContent,
  ): BrokerMessage {
    const sequence = (this.#lastSequence += 1);
    return createBrokerMessage(
      { ...message, sequence, state: "active", expiresAt: Infinity },
      content,
    );
  }

  toPutChange(message: MessageRecord, content: MessageContent): StoreChange {
    return { kind: "put", queue: this.#definition.id, message, content };
  }

  admit(message: BrokerMessage): void {
    this.#contents.retain(message);
    if (message.state === "scheduled") {
      message.status = "available";
      this.#scheduled.set(message.sequence, message);
      this.#scheduledTimes.add(message, message.scheduledFor ?? 0);
      this.onChanged();
      return;
    }
    this.#expiryTimes.add(message, message.expiresAt);
    this.release(message);
  }

  /** Makes the message available again. */
  release(message: BrokerMessage): void {
    message.status = "available";
    if (message.expiresAt <= this.#dependencies.now()) {
      this.#expire(message);
      return;
    }
    if (message.state === "deferred")
      this.#deferred.set(message.sequence, message);
    else if (this.sessions) this.sessions.add(message);
    else this.#ready.add(message);
    this.onChanged();
  }

  remove(messages: readonly BrokerMessage[], onCommitted: () => void): void {
    for (const message of messages) message.status = "committing";
    this.#dependencies.journal.write(
      messages.map((message) => this.#toRemoveChange(message)),
      () => {
        for (const message of messages) this.#markRemoved(message);
        onCommitted();
      },
    );
  }

  /** Persists the message's changed state, delivery count and properties, then releases it. */
  requeue(
    message: BrokerMessage,
    properties: PropertyChanges | undefined,
    onCommitted: () => void,
  ): void {
    message.status = "committing";
    const content = properties && this.#withProperties(message, properties);
    const { sequence, state, deliveryCount } = message;
    const update: StoreChange = {
      ...{ kind: "update", queue: this.#definition.id },
      ...{ sequence, state, deliveryCount },
      ...(content && { content }),
    };
    this.#dependencies.journal.write([update], () => {
      if (content) this.#contents.replace(message, content);
      this.release(message);
      onCommitted();
    });
  }

  moveToDeadLetters(
    message: BrokerMessage,
    properties: PropertyChanges,
    onCommitted: () => void,
  ): void {
    const deadLetters = this.requireDeadLetters();
    message.status = "committing";
    const content = this.#withProperties(message, properties);
    const deadLetter = deadLetters.createDeadLetter(message, content);
    const changes = [
      this.#toRemoveChange(message),
      deadLetters.toPutChange(deadLetter, content),
    ];
    this.#dependencies.journal.write(changes, () => {
      this.#markRemoved(message);
      deadLetters.admit(deadLetter);
      onCommitted();
    });
  }

  /** Stores a message that the queue cannot accept in the dead-letter queue. */
  deadLetterOnArrival(sent: SentMessage, properties: PropertyChanges): void {
    const deadLetters = this.requireDeadLetters();
    const { journal, now, setProperties } = this.#dependencies;
    const content = setProperties(sent.content, properties);
    const message = this.create(sent, now());
    const deadLetter = deadLetters.createDeadLetter(message, content);
    journal.write([deadLetters.toPutChange(deadLetter, content)], () => {
      deadLetters.admit(deadLetter);
    });
  }

  /** Throws `not-allowed` for a dead-letter queue. */
  requireDeadLetters(): DeadLetterSink {
    const { deadLetters, path } = this.#definition;
    if (deadLetters) return deadLetters;
    throw new ServiceBusError(
      "amqp:not-allowed",
      `'${path}' is a dead-letter queue: complete the message, or abandon it.`,
    );
  }

  get nextDeadline(): number {
    return Math.min(
      this.#scheduledTimes.next ?? Infinity,
      this.#expiryTimes.next ?? Infinity,
    );
  }

  /** Activates scheduled messages and expires others that are due. */
  processDeadlines(now: number): void {
    for (const message of this.#scheduledTimes.takeDue(now))
      if (message.status === "available") this.#activate(message, now);
    for (const message of this.#expiryTimes.takeDue(now))
      if (message.status === "available") this.#expire(message);
  }

  /** Replaces a scheduled message by an active one with a new sequence number, as if it had been sent now. */
  #activate(scheduled: BrokerMessage, now: number): void {
    const content = this.#contents.read(scheduled);
    const sent = { ...scheduled, scheduledFor: undefined, content };
    const { forward } = this.#definition;
    if (forward) {
      forward(sent);
      this.remove([scheduled], () => undefined);
      return;
    }
    scheduled.status = "committing";
    const active = {
      ...this.create(sent, now),
      scheduledFor: scheduled.scheduledFor,
    };
    const changes = [
      this.#toRemoveChange(scheduled),
      this.toPutChange(active, content),
    ];
    this.#dependencies.journal.write(changes, () => {
      this.#markRemoved(scheduled);
      this.admit(active);
    });
  }

  #expire(message: BrokerMessage): void {
    const onCommitted = (): void => undefined;
    if (this.#definition.settings.deadLetterOnExpiry)
      this.moveToDeadLetters(
        message,
        {
          DeadLetterReason: "TTLExpiredException",
          DeadLetterErrorDescription:
            "The message expired and was dead lettered.",
        },
        onCommitted,
      );
    else this.remove([message], onCommitted);
  }

  #markRemoved(message: BrokerMessage): void {
    message.status = "removed";
    this.#deferred.delete(message.sequence);
    this.#scheduled.delete(message.sequence);
    this.#contents.evict(message);
  }

  #getAvailable(
    messages: ReadonlyMap<number, BrokerMessage>,
    sequence: number,
  ): BrokerMessage {
    const message = messages.get(sequence);
    if (message?.status === "available") return message;
    throw new ServiceBusError(
      "com.microsoft:message-not-found",
      `The message with the sequence number ${sequence} could not be found in '${this.#definition.path}', or it is locked.`,
    );
  }

  #withProperties(
    message: BrokerMessage,
    properties: PropertyChanges,
  ): MessageContent {
    return this.#dependencies.setProperties(
      this.#contents.read(message),
      properties,
    );
  }

  #toRemoveChange({ sequence }: BrokerMessage): StoreChange {
    return { kind: "remove", queue: this.#definition.id, sequence };
  }
}

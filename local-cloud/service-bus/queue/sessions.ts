import { ServiceBusError } from "../service-bus-error";
import { Leases } from "./leases";
import type { BrokerMessage, MessageLock } from "./message";
import { ReadyMessages } from "./ready-messages";

/** A receiver that holds a session lock, or waits for one. */
export interface SessionHolder {
  /** The session lock has expired: unsettled messages of the holder are redelivered to other receivers. */
  onSessionLost(): void;
}

export interface QueueSession {
  readonly id: string;
  readonly ready: ReadyMessages;
  /** The session's locked messages by lock token. Their locks expire with the session lock. */
  readonly locks: Map<string, MessageLock>;
  holder: SessionHolder | undefined;
  /** When the session lock expires. */
  until: number;
  state: Buffer | undefined;
}

interface Waiter {
  readonly holder: SessionHolder;
  readonly onGranted: (session: QueueSession) => void;
}

/**
 * The sessions of an entity and their locks.
 *
 * S1. A session has one holder at a time, and only the holder receives its messages.
 * S2. `#ready` holds the sessions that have ready messages and no holder, in the order in which they became ready.
 * S3. While a receiver waits for the next session, `#ready` is empty.
 * S4. A session is kept in memory as long as it has a holder, a state or ready messages.
 */
export class QueueSessions {
  readonly #byId = new Map<string, QueueSession>();
  readonly #ready = new Set<QueueSession>();
  readonly #leases = new Leases<QueueSession, QueueSession>();
  readonly #waiting = new Set<Waiter>();
  readonly #byLockToken = new Map<string, QueueSession>();
  readonly #lockUntil: () => number;

  constructor(lockUntil: () => number) {
    this.#lockUntil = lockUntil;
  }

  get nextExpiry(): number | undefined {
    return this.#leases.nextExpiry;
  }

  get heldCount(): number {
    return this.#leases.size;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Sorted ids of the sessions that have ready messages or a state. */
  listIds(): readonly string[] {
    return [...this.#byId.values()]
      .filter(({ state, ready }) => state ?? ready.peek())
      .map(({ id }) => id)
      .sort();
  }

  add(message: BrokerMessage): void {
    const session = this.#getOrCreate(message.sessionId ?? "");
    session.ready.add(message);
    this.#offer(session);
  }

  /** Locks the session, whether or not it has messages. */
  accept(id: string, holder: SessionHolder): QueueSession {
    const session = this.#getOrCreate(id);
    if (session.holder)
      throw new ServiceBusError(
        "com.microsoft:session-cannot-be-locked",
        `The requested session '${id}' cannot be accepted. It may be locked by another receiver.`,
      );
    this.#grant(session, holder);
    return session;
  }

  /**
   * Locks the session that has been ready the longest, immediately or as soon as one becomes ready. Returns a function
   * that stops waiting.
   */
  acceptNext(
    holder: SessionHolder,
    onGranted: (session: QueueSession) => void,
  ): () => void {
    for (const session of this.#ready) {
      this.#ready.delete(session);
      if (session.ready.peek() === undefined) continue;
      this.#grant(session, holder);
      onGranted(session);
      return () => undefined;
    }
    const waiter = { holder, onGranted };
    this.#waiting.add(waiter);
    return () => {
      this.#waiting.delete(waiter);
    };
  }

  /** Throws `session-lock-lost` unless a holder that matches has locked the session. */
  requireHeld(
    id: string,
    isHolder: (holder: SessionHolder) => boolean,
  ): QueueSession {
    const session = this.#byId.get(id);
    if (session?.holder && isHolder(session.holder)) return session;
    throw new ServiceBusError(
      "com.microsoft:session-lock-lost",
      `The session lock of '${id}' has expired or was never held. Accept the session again.`,
    );
  }

  renew(session: QueueSession): number {
    session.until = this.#lockUntil();
    this.#leases.grant(session, session, session.until);
    return session.until;
  }

  /** Releases the session lock and returns the messages that were locked under it. */
  release(session: QueueSession): BrokerMessage[] {
    const messages = [...session.locks.values()].map(({ message }) => message);
    for (const token of session.locks.keys()) this.#byLockToken.delete(token);
    session.locks.clear();
    session.holder = undefined;
    this.#leases.release(session);
    this.#offer(session);
    this.#forgetIfEmpty(session);
    return messages;
  }

  takeExpired(now: number): QueueSession[] {
    return this.#leases.takeExpired(now).map(([session]) => session);
  }

  addLock(session: QueueSession, lock: MessageLock): void {
    session.locks.set(lock.token, lock);
    this.#byLockToken.set(lock.token, session);
  }

  /** Removes and returns the lock of one message; undefined when the token is unknown. */
  removeLock(token: string): MessageLock | undefined {
    const session = this.#byLockToken.get(token);
    const lock = session?.locks.get(token);
    this.#byLockToken.delete(token);
    session?.locks.delete(token);
    return lock;
  }

  setState(id: string, state: Buffer | undefined): void {
    const session = this.#getOrCreate(id);
    session.state = state;
    this.#forgetIfEmpty(session);
  }

  #forgetIfEmpty(session: QueueSession): void {
    const { holder, state, ready } = session;
    if (holder ?? state ?? ready.peek()) return;
    this.#ready.delete(session);
    this.#byId.delete(session.id);
  }

  #offer(session: QueueSession): void {
    if (session.holder || session.ready.peek() === undefined) return;
    const [waiter] = this.#waiting;
    if (waiter === undefined) {
      this.#ready.add(session);
      return;
    }
    this.#waiting.delete(waiter);
    this.#grant(session, waiter.holder);
    waiter.onGranted(session);
  }

  #grant(session: QueueSession, holder: SessionHolder): void {
    this.#ready.delete(session);
    session.holder = holder;
    this.renew(session);
  }

  #getOrCreate(id: string): QueueSession {
    const existing = this.#byId.get(id);
    if (existing) return existing;
    const session: QueueSession = {
      id,
      ready: new ReadyMessages(),
      locks: new Map(),
      holder: undefined,
      until: 0,
      state: undefined,
    };
    this.#byId.set(id, session);
    return session;
  }
}

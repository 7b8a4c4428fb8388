import { ServiceBusError } from "../service-bus-error";
import { ReadyMessages } from "./ready-messages";
import { Leases } from "./leases";
import type { MessageLock, BrokerMessage } from "./message";

/** A receiver that has locked a session, or wants to. */
export interface SessionHolder {
  /** The lock has expired: what the holder has not settled is given to others. */
  sessionLost(): void;
}

export interface QueueSession {
  readonly id: string;
  readonly available: ReadyMessages;
  /** The locked messages of the session, by lock token. Their locks last as long as the session's. */
  readonly locks: Map<string, MessageLock>;
  holder: SessionHolder | undefined;
  /** When the lock of the session expires. */
  until: number;
  state: Buffer | undefined;
}

interface Waiter {
  readonly holder: SessionHolder;
  readonly granted: (session: QueueSession) => void;
}

/**
 * The sessions of an entity: who has which, and which are free.
 *
 * S1. A session has one holder at a time, and its messages go to the holder only.
 * S2. `#ready` are the sessions that have messages to give out and no holder; the longest ready is the next.
 * S3. While someone waits for the next session, `#ready` is empty.
 * S4. A session is remembered as long as it has a holder, a state or messages to give out.
 */
export class QueueSessions {
  readonly #byId = new Map<string, QueueSession>();
  readonly #ready = new Set<QueueSession>();
  readonly #leases = new Leases<QueueSession, QueueSession>();
  readonly #waiting = new Set<Waiter>();
  readonly #sessionOf = new Map<string, QueueSession>();
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

  /** Ids of the sessions that have messages to give out or a state, in the order of the ids. */
  ids(): readonly string[] {
    return [...this.#byId.values()]
      .filter(({ state, available }) => state ?? available.peek())
      .map(({ id }) => id)
      .sort();
  }

  add(message: BrokerMessage): void {
    const session = this.#session(message.sessionId ?? "");
    session.available.add(message);
    this.#offer(session);
  }

  /** Locks the session; there need not be any messages of it. */
  accept(id: string, holder: SessionHolder): QueueSession {
    const session = this.#session(id);
    if (session.holder)
      throw new ServiceBusError(
        "com.microsoft:session-cannot-be-locked",
        `The requested session '${id}' cannot be accepted. It may be locked by another receiver.`,
      );
    this.#grant(session, holder);
    return session;
  }

  /** Locks the session that has been ready the longest, at once or when there is one. Gives back how to stop waiting. */
  acceptNext(
    holder: SessionHolder,
    granted: (session: QueueSession) => void,
  ): () => void {
    for (const session of this.#ready) {
      this.#ready.delete(session);
      if (session.available.peek() === undefined) continue;
      this.#grant(session, holder);
      granted(session);
      return () => undefined;
    }
    const waiter = { holder, granted };
    this.#waiting.add(waiter);
    return () => {
      this.#waiting.delete(waiter);
    };
  }

  /** The session, if the holder has its lock. */
  heldBy(
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

  /** Ends the lock; gives back the messages that were locked under it. */
  release(session: QueueSession): BrokerMessage[] {
    const messages = [...session.locks.values()].map(({ message }) => message);
    for (const token of session.locks.keys()) this.#sessionOf.delete(token);
    session.locks.clear();
    session.holder = undefined;
    this.#leases.release(session);
    this.#offer(session);
    this.forgetIfEmpty(session);
    return messages;
  }

  takeExpired(now: number): QueueSession[] {
    return this.#leases.takeExpired(now).map(([session]) => session);
  }

  lock(session: QueueSession, lock: MessageLock): void {
    session.locks.set(lock.token, lock);
    this.#sessionOf.set(lock.token, session);
  }

  /** Ends the lock of one message; undefined when there is no such lock. */
  unlock(token: string): MessageLock | undefined {
    const session = this.#sessionOf.get(token);
    const lock = session?.locks.get(token);
    this.#sessionOf.delete(token);
    session?.locks.delete(token);
    return lock;
  }

  setState(id: string, state: Buffer | undefined): void {
    const session = this.#session(id);
    session.state = state;
    this.forgetIfEmpty(session);
  }

  forgetIfEmpty(session: QueueSession): void {
    const { holder, state, available } = session;
    if (holder ?? state ?? available.peek()) return;
    this.#ready.delete(session);
    this.#byId.delete(session.id);
  }

  #offer(session: QueueSession): void {
    if (session.holder || session.available.peek() === undefined) return;
    const [waiter] = this.#waiting;
    if (waiter === undefined) {
      this.#ready.add(session);
      return;
    }
    this.#waiting.delete(waiter);
    this.#grant(session, waiter.holder);
    waiter.granted(session);
  }

  #grant(session: QueueSession, holder: SessionHolder): void {
    this.#ready.delete(session);
    session.holder = holder;
    this.renew(session);
  }

  #session(id: string): QueueSession {
    const found = this.#byId.get(id);
    if (found) return found;
    const session: QueueSession = {
      id,
      available: new ReadyMessages(),
      locks: new Map(),
      holder: undefined,
      until: 0,
      state: undefined,
    };
    this.#byId.set(id, session);
    return session;
  }
}

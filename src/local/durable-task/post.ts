import type {
  Delivery,
  EntityMessage,
  Message,
  OrchestrationMessage,
  Outgoing,
} from "./message";
import { isEntityId, isForOrchestration } from "./message";
import type { Committer } from "./store/committer";
import type { Commit, InboxRow } from "./store/store";

/** Who can be sent messages. Nobody asks for a commit because of one in the tick in which it comes: that of the message is to be first. */
export interface Receivers {
  toOrchestration(
    instanceId: string,
    delivery: Delivery<OrchestrationMessage>,
  ): void;
  toEntity(entityId: string, delivery: Delivery<EntityMessage>): void;
}

/** Numbers messages for the inbox, and hands them over with the commit that sends them. */
export class Post {
  readonly #committer: Pick<Committer, "commit">;
  #lastId: number;
  #receivers: Receivers | undefined;

  constructor(committer: Pick<Committer, "commit">, lastId: number) {
    this.#committer = committer;
    this.#lastId = lastId;
  }

  connect(receivers: Receivers): void {
    this.#receivers = receivers;
  }

  /**
   * Makes the messages durable together with `commit`; resolves then. An orchestration has its messages before that: see
   * O4 of orchestrations. An entity has them after it, because its function may do what cannot be undone.
   */
  async send(
    outgoing: readonly Outgoing[],
    commit: Commit = {},
  ): Promise<void> {
    const rows = this.stamp(outgoing);
    // First, so that what their turns ask to commit in the next tick is in time for the same flush.
    this.deliver(rows.filter(({ message }) => isForOrchestration(message)));
    await this.#committer.commit({
      ...commit,
      received: [...rows, ...(commit.received ?? [])],
    });
    this.deliver(rows.filter(({ message }) => !isForOrchestration(message)));
  }

  /** Rows for a commit. */
  stamp(outgoing: readonly Outgoing[]): readonly InboxRow[] {
    return outgoing.map(({ to, message }) => ({
      id: (this.#lastId += 1),
      to,
      message,
    }));
  }

  /** Hands over messages of which the commit has been asked for. */
  deliver(rows: readonly InboxRow[]): void {
    for (const { id, to, message } of rows) this.#handOver(to, id, message);
  }

  #handOver(to: string, inboxId: number, message: Message): void {
    if (isForOrchestration(message))
      this.#receivers?.toOrchestration(to, { inboxId, message });
    else if (isEntityId(to))
      this.#receivers?.toEntity(to, { inboxId, message });
  }
}

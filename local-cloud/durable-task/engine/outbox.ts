import type {
  MessageDelivery,
  EntityMessage,
  HubMessage,
  OrchestrationMessage,
  OutgoingHubMessage,
} from "../model/hub-message";
import { isEntityId, isOrchestrationMessage } from "../model/hub-message";
import type { Committer } from "../store/committer";
import type { HubCommit, InboxRow } from "../store/task-hub-store";

/**
 * The receivers of messages. A receiver must not request a commit in the tick in which it receives a message, because the
 * commit of the message has to be requested first.
 */
export interface MessageReceivers {
  deliverToOrchestration(
    instanceId: string,
    delivery: MessageDelivery<OrchestrationMessage>,
  ): void;
  deliverToEntity(
    entityId: string,
    delivery: MessageDelivery<EntityMessage>,
  ): void;
}

/** Assigns inbox ids to messages, and delivers them with the commit that makes them durable. */
export class Outbox {
  readonly #committer: Pick<Committer, "commit">;
  #lastId: number;
  #receivers: MessageReceivers | undefined;

  constructor(committer: Pick<Committer, "commit">, lastId: number) {
    this.#committer = committer;
    this.#lastId = lastId;
  }

  connect(receivers: MessageReceivers): void {
    this.#receivers = receivers;
  }

  /**
   * Resolves when the messages and `commit` are durable. Orchestrations receive their messages earlier (O4 of
   * OrchestrationDispatcher), entities after it, because the effects of an entity function cannot be undone.
   */
  async send(
    outgoing: readonly OutgoingHubMessage[],
    commit: HubCommit = {},
  ): Promise<void> {
    const rows = this.assignIds(outgoing);
    // Before the commit, so that the commits of the resulting episodes in the next tick join the same flush.
    this.deliver(rows.filter(({ message }) => isOrchestrationMessage(message)));
    await this.#committer.commit({
      ...commit,
      received: [...rows, ...(commit.received ?? [])],
    });
    this.deliver(
      rows.filter(({ message }) => !isOrchestrationMessage(message)),
    );
  }

  assignIds(outgoing: readonly OutgoingHubMessage[]): readonly InboxRow[] {
    return outgoing.map(({ to, message }) => ({
      id: (this.#lastId += 1),
      to,
      message,
    }));
  }

  /** Assigns ids to the deliveries in memory only. `rows` are these, for the inbox. */
  addMissingIds(
    to: string,
    deliveries: readonly MessageDelivery<OrchestrationMessage>[],
  ) {
    const rows: InboxRow[] = [];
    const withIds = deliveries.map(({ inboxId, message }) => {
      if (inboxId !== null) return { inboxId, message };
      const [row] = this.assignIds([{ to, message }]);
      if (row) rows.push(row);
      return { inboxId: row?.id ?? null, message };
    });
    return { rows, deliveries: withIds };
  }

  /** Call this after the commit of the messages has been requested. */
  deliver(rows: readonly InboxRow[]): void {
    for (const { id, to, message } of rows) this.#deliver(to, id, message);
  }

  #deliver(to: string, inboxId: number, message: HubMessage): void {
    if (isOrchestrationMessage(message))
      this.#receivers?.deliverToOrchestration(to, { inboxId, message });
    else if (isEntityId(to))
      this.#receivers?.deliverToEntity(to, { inboxId, message });
  }
}

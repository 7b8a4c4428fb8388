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

/** Who can be sent messages. Nobody asks for a commit because of one in the tick in which it comes: that of the message is to be first. */
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

/** Numbers messages for the inbox, and hands them over with the commit that sends them. */
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
   * Makes the messages durable together with `commit`; resolves then. An orchestration has its messages before that: see
   * O4 of orchestrations. An entity has them after it, because its function may do what cannot be undone.
   */
  async send(
    outgoing: readonly OutgoingHubMessage[],
    commit: HubCommit = {},
  ): Promise<void> {
    const rows = this.assignIds(outgoing);
    // First, so that what their turns ask to commit in the next tick is in time for the same flush.
    this.deliver(rows.filter(({ message }) => isOrchestrationMessage(message)));
    await this.#committer.commit({
      ...commit,
      received: [...rows, ...(commit.received ?? [])],
    });
    this.deliver(
      rows.filter(({ message }) => !isOrchestrationMessage(message)),
    );
  }

  /** Rows for a commit. */
  assignIds(outgoing: readonly OutgoingHubMessage[]): readonly InboxRow[] {
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

  #handOver(to: string, inboxId: number, message: HubMessage): void {
    if (isOrchestrationMessage(message))
      this.#receivers?.deliverToOrchestration(to, { inboxId, message });
    else if (isEntityId(to))
      this.#receivers?.deliverToEntity(to, { inboxId, message });
  }
}

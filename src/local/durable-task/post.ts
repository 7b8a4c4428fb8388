import type {
  Delivery,
  EntityMessage,
  Message,
  OrchestrationMessage,
  Outgoing,
} from "./message";
import { isEntityId, isForOrchestration } from "./message";
import type { InboxRow } from "./store";

/** Who can be sent messages. */
export interface Receivers {
  toOrchestration(
    instanceId: string,
    delivery: Delivery<OrchestrationMessage>,
  ): void;
  toEntity(entityId: string, delivery: Delivery<EntityMessage>): void;
}

/** Numbers messages for the inbox, and hands them over once their commit is on disk. */
export class Post {
  #lastId: number;
  #receivers: Receivers | undefined;

  constructor(lastId: number) {
    this.#lastId = lastId;
  }

  connect(receivers: Receivers): void {
    this.#receivers = receivers;
  }

  /** Rows for the commit that sends the messages. */
  stamp(outgoing: readonly Outgoing[]): readonly InboxRow[] {
    return outgoing.map(({ to, message }) => ({
      id: (this.#lastId += 1),
      to,
      message,
    }));
  }

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

import type { QueueDispatcher } from "../queue/queue-dispatcher";
import { ServiceBusError } from "../service-bus-error";
import type { Topic } from "./topic";
import type { SubscriptionRules } from "./subscription-rules";

/** The entity at an address. */
export type NamespaceEntity =
  | { readonly kind: "queue"; readonly dispatcher: QueueDispatcher }
  | { readonly kind: "topic"; readonly topic: Topic }
  | {
      readonly kind: "subscription";
      readonly dispatcher: QueueDispatcher;
      readonly rules: SubscriptionRules;
    }
  /** Only the broker sends to it. */
  | { readonly kind: "dead-letters"; readonly dispatcher: QueueDispatcher };

/** The entities by path, case-insensitively. */
export class Namespace {
  readonly #entities = new Map<string, NamespaceEntity>();

  add(path: string, entity: NamespaceEntity): void {
    this.#entities.set(path.toLowerCase(), entity);
  }

  /** Throws `not-found`. */
  find(address: string): NamespaceEntity {
    const entity = this.#entities.get(address.toLowerCase());
    if (entity) return entity;
    throw new ServiceBusError(
      "amqp:not-found",
      // The client maps exactly this text to MessagingEntityNotFound.
      `The messaging entity '${address}' could not be found.`,
    );
  }

  get dispatchers(): readonly QueueDispatcher[] {
    return [...this.#entities.values()].map((entity) =>
      entity.kind === "topic" ? entity.topic.inbox : entity.dispatcher,
    );
  }
}

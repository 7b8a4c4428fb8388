import { ServiceBusError } from "../service-bus-error";
import type { QueueDispatcher } from "../queue/queue-dispatcher";
import type { Subscription, Topic } from "./topic";

/** What is found at an address. */
export type NamespaceEntity =
  | { readonly kind: "queue"; readonly queue: QueueDispatcher }
  | { readonly kind: "topic"; readonly topic: Topic }
  | {
      readonly kind: "subscription";
      readonly queue: QueueDispatcher;
      readonly subscription: Subscription;
    }
  /** Receives what the broker puts there; nobody sends to it. */
  | { readonly kind: "dead-letters"; readonly queue: QueueDispatcher };

/** The entities by their paths. Paths are compared without regard to case. */
export class Namespace {
  readonly #entities = new Map<string, NamespaceEntity>();

  add(path: string, entity: NamespaceEntity): void {
    this.#entities.set(path.toLowerCase(), entity);
  }

  /** Throws `not-found` when there is no such entity. */
  find(address: string): NamespaceEntity {
    const entity = this.#entities.get(address.toLowerCase());
    if (entity) return entity;
    throw new ServiceBusError(
      "amqp:not-found",
      // The client tells by these words that it is the entity that is missing.
      `The messaging entity '${address}' could not be found.`,
    );
  }

  get queues(): readonly QueueDispatcher[] {
    return [...this.#entities.values()].map((entity) =>
      entity.kind === "topic" ? entity.topic.inbox : entity.queue,
    );
  }
}

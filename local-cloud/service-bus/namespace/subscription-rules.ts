import {
  type RuleFilter,
  type FilterPredicate,
  matchAllFilter,
  compileFilter,
} from "../filters/filter";
import type { FilteredMessage } from "../filters/expression";
import type { Journal } from "../queue/change";
import type { MessageContent } from "../queue/message";
import { ServiceBusError } from "../service-bus-error";
import type { StoredRules } from "../store/broker-store";

export interface SubscriptionRule {
  readonly name: string;
  readonly filter: RuleFilter;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

interface TestedRule extends SubscriptionRule {
  readonly test: FilterPredicate;
}

/** What a subscription has when nothing else was said: it takes everything. */
export const createDefaultRule = (createdAt: number): SubscriptionRule => ({
  name: "$Default",
  filter: matchAllFilter,
  createdAt,
});

/**
 * The rules of a subscription. A message that at least one rule takes arrives once. They may be changed by clients, and
 * what they have changed outlives a restart, until the entity file says something else than it did.
 */
export class SubscriptionRules {
  readonly #queue: number;
  readonly #path: string;
  readonly #configured: string;
  readonly #journal: Journal;
  readonly #look: (content: MessageContent) => FilteredMessage;
  #rules: readonly TestedRule[];

  constructor(
    {
      queue,
      path,
      configured,
    }: {
      readonly queue: number;
      readonly path: string;
      readonly configured: readonly SubscriptionRule[];
    },
    stored: StoredRules | undefined,
    journal: Journal,
    look: (content: MessageContent) => FilteredMessage,
  ) {
    this.#queue = queue;
    this.#path = path;
    this.#journal = journal;
    this.#look = look;
    this.#configured = JSON.stringify(
      configured.map(({ name, filter }) => ({ name, filter })),
    );
    const isAsConfigured = stored?.configured !== this.#configured;
    const rules = isAsConfigured
      ? configured
      : (JSON.parse(stored.rules) as readonly SubscriptionRule[]);
    this.#rules = rules.map(withTest);
  }

  /** In the order in which they were added, from the one with the number `skip` on. */
  list(skip: number, top: number): readonly SubscriptionRule[] {
    return this.#rules.slice(skip, skip + top);
  }

  match(content: MessageContent): boolean {
    let looked: FilteredMessage | undefined;
    const message = () => (looked ??= this.#look(content));
    return this.#rules.some(({ test }) => test(message));
  }

  /** Resolves when it is on disk. Throws when there is a rule of that name, or the filter cannot be read. */
  async add(rule: SubscriptionRule): Promise<void> {
    if (this.#find(rule.name))
      throw new ServiceBusError(
        "com.microsoft:entity-already-exists",
        `The messaging entity '${this.#path}/Rules/${rule.name}' already exists.`,
      );
    await this.#change([...this.#rules, tested(rule)]);
  }

  async remove(name: string): Promise<void> {
    const found = this.#find(name);
    if (found === undefined)
      throw new ServiceBusError(
        "amqp:not-found",
        `The messaging entity '${this.#path}/Rules/${name}' could not be found.`,
      );
    await this.#change(this.#rules.filter((rule) => rule !== found));
  }

  #find(name: string) {
    return this.#rules.find(
      (rule) => rule.name.toLowerCase() === name.toLowerCase(),
    );
  }

  #change(rules: readonly TestedRule[]): Promise<void> {
    this.#rules = rules;
    const text = JSON.stringify(
      rules.map(({ name, filter, createdAt }) => ({ name, filter, createdAt })),
    );
    return new Promise((landed) => {
      this.#journal.write(
        [
          {
            kind: "rules",
            queue: this.#queue,
            rules: text,
            configured: this.#configured,
          },
        ],
        landed,
      );
    });
  }
}

const withTest = (rule: SubscriptionRule) => ({
  ...rule,
  test: compileFilter(rule.filter),
});

function tested(rule: SubscriptionRule) {
  try {
    return withTest(rule);
  } catch (cause) {
    throw new ServiceBusError(
      "com.microsoft:argument-error",
      `The filter of the rule '${rule.name}' is not valid: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  }
}

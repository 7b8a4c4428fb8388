import { errorMessage } from "../../shared/error-message";
import type { FilteredMessage } from "../filters/expression";
import {
  compileFilter,
  type FilterPredicate,
  matchAllFilter,
  type RuleFilter,
} from "../filters/filter";
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

interface CompiledRule extends SubscriptionRule {
  readonly matches: FilterPredicate;
}

/** The rule of a subscription without configured rules. It matches every message. */
export const createDefaultRule = (createdAt: number): SubscriptionRule => ({
  name: "$Default",
  filter: matchAllFilter,
  createdAt,
});

/**
 * The rules of a subscription. It receives a message once if at least one rule matches. Changes by clients survive a
 * restart, until the rules in the entity file change.
 */
export class SubscriptionRules {
  readonly #queue: number;
  readonly #path: string;
  readonly #configured: string;
  readonly #journal: Journal;
  readonly #decode: (content: MessageContent) => FilteredMessage;
  #rules: readonly CompiledRule[];

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
    decode: (content: MessageContent) => FilteredMessage,
  ) {
    this.#queue = queue;
    this.#path = path;
    this.#journal = journal;
    this.#decode = decode;
    this.#configured = JSON.stringify(
      configured.map(({ name, filter }) => ({ name, filter })),
    );
    const rules =
      stored?.configured === this.#configured
        ? (JSON.parse(stored.rules) as readonly SubscriptionRule[])
        : configured;
    this.#rules = rules.map(compileRule);
  }

  /** Skips `skip` rules and returns the next `top` rules, in the order in which they were added. */
  list(skip: number, top: number): readonly SubscriptionRule[] {
    return this.#rules.slice(skip, skip + top);
  }

  match(content: MessageContent): boolean {
    let decoded: FilteredMessage | undefined;
    const message = () => (decoded ??= this.#decode(content));
    return this.#rules.some(({ matches }) => matches(message));
  }

  /** Resolves when the rule is on disk. Throws when a rule has the same name or the filter is invalid. */
  async add(rule: SubscriptionRule): Promise<void> {
    if (this.#find(rule.name))
      throw new ServiceBusError(
        "com.microsoft:entity-already-exists",
        `The messaging entity '${this.#path}/Rules/${rule.name}' already exists.`,
      );
    await this.#change([...this.#rules, compileClientRule(rule)]);
  }

  async remove(name: string): Promise<void> {
    const existing = this.#find(name);
    if (existing === undefined)
      throw new ServiceBusError(
        "amqp:not-found",
        `The messaging entity '${this.#path}/Rules/${name}' could not be found.`,
      );
    await this.#change(this.#rules.filter((rule) => rule !== existing));
  }

  #find(name: string) {
    return this.#rules.find(
      (rule) => rule.name.toLowerCase() === name.toLowerCase(),
    );
  }

  #change(compiled: readonly CompiledRule[]): Promise<void> {
    this.#rules = compiled;
    const rules = JSON.stringify(
      compiled.map(({ name, filter, createdAt }) => ({
        name,
        filter,
        createdAt,
      })),
    );
    const queue = this.#queue;
    const configured = this.#configured;
    return new Promise((resolve) => {
      this.#journal.write(
        [{ kind: "rules", queue, rules, configured }],
        resolve,
      );
    });
  }
}

const compileRule = (rule: SubscriptionRule): CompiledRule => ({
  ...rule,
  matches: compileFilter(rule.filter),
});

function compileClientRule(rule: SubscriptionRule): CompiledRule {
  try {
    return compileRule(rule);
  } catch (cause) {
    throw new ServiceBusError(
      "com.microsoft:argument-error",
      `The filter of the rule '${rule.name}' is invalid: ${errorMessage(cause)}.`,
      { cause },
    );
  }
}

import { types } from "rhea";
import type { RuleFilter } from "../../filters/filter";
import { ServiceBusError } from "../../service-bus-error";
import type {
  SubscriptionRule,
  SubscriptionRules,
} from "../../namespace/subscription-rules";
import {
  invalidField,
  readNumber,
  type ManagementOperation,
  type ManagementRequest,
} from "./request";

/** Descriptor codes of the described types in a rule enumeration. */
const descriptors = {
  rule: 0x13700000004,
  sqlFilter: 0x1370000006,
  correlationFilter: 0x1370000009,
  noAction: 0x13700000005,
};

const described = (
  descriptor: keyof typeof descriptors,
  fields: readonly unknown[],
): unknown =>
  types.described(
    types.wrap_ulong(descriptors[descriptor]),
    types.wrap_list(fields),
  );

function requireRules({ entity }: ManagementRequest): SubscriptionRules {
  if (entity.kind === "subscription") return entity.rules;
  throw new ServiceBusError(
    "amqp:not-allowed",
    "Only a subscription has rules.",
  );
}

export const addRule: ManagementOperation = async (request) => {
  const description = request.body["rule-description"];
  if (typeof description !== "object" || description === null)
    throw invalidField("rule-description", "a map");
  await requireRules(request).add({
    name: readRuleName(request),
    filter: readFilter(description),
    createdAt: request.peer.broker.clock.now(),
  });
  return {};
};

export const removeRule: ManagementOperation = async (request) => {
  await requireRules(request).remove(readRuleName(request));
  return {};
};

/** Returns undefined (status 204) for a page without rules, because clients request pages until then. */
export const enumerateRules: ManagementOperation = (request) => {
  const found = requireRules(request).list(
    readNumber(request, "skip"),
    readNumber(request, "top"),
  );
  if (found.length === 0) return undefined;
  return {
    rules: found.map((rule) => ({ "rule-description": toDescription(rule) })),
  };
};

function readRuleName({ body }: ManagementRequest): string {
  const name = body["rule-name"];
  if (typeof name === "string" && name !== "") return name;
  throw invalidField("rule-name", "a name");
}

function readFilter(description: object): RuleFilter {
  const {
    "sql-filter": sql,
    "correlation-filter": correlation,
    "sql-rule-action": action,
  } = description as Readonly<
    Record<string, Readonly<Record<string, unknown>> | undefined>
  >;
  if (action?.["expression"])
    throw new ServiceBusError(
      "amqp:not-implemented",
      "This broker does not support rule actions.",
    );
  if (sql) return { kind: "sql", expression: String(sql["expression"]) };
  if (correlation) return toCorrelationFilter(correlation);
  throw invalidField(
    "rule-description",
    "a SQL filter or a correlation filter",
  );
}

/** The field names of a correlation filter in requests and their system properties, in the order of the enumeration response. */
const correlationFields = [
  ["correlation-id", "correlationid"],
  ["message-id", "messageid"],
  ["to", "to"],
  ["reply-to", "replyto"],
  ["label", "label"],
  ["session-id", "sessionid"],
  ["reply-to-session-id", "replytosessionid"],
  ["content-type", "contenttype"],
] as const;

function toCorrelationFilter(
  fields: Readonly<Record<string, unknown>>,
): RuleFilter {
  const system = correlationFields.flatMap(([field, name]) => {
    const value = fields[field];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  const user = Object.entries(fields["properties"] ?? {}).filter(
    (entry): entry is [string, string | number | boolean] =>
      ["string", "number", "boolean"].includes(typeof entry[1]),
  );
  return {
    kind: "correlation",
    system: Object.fromEntries(system),
    user: Object.fromEntries(user),
  };
}

function toDescription({ name, filter, createdAt }: SubscriptionRule): unknown {
  const noAction = described("noAction", []);
  return described("rule", [
    toDescribedFilter(filter),
    noAction,
    name,
    types.wrap_timestamp(createdAt),
  ]);
}

function toDescribedFilter(filter: RuleFilter): unknown {
  const compatibility = types.wrap_int(20);
  if (filter.kind === "sql")
    return described("sqlFilter", [filter.expression, compatibility]);
  const values = correlationFields.map(
    ([, name]) => filter.system[name] ?? null,
  );
  return described("correlationFilter", [
    ...values,
    types.wrap_map(filter.user),
  ]);
}

/**
 * The entities of a namespace, in the shape of the configuration file of Microsoft's emulator.
 * https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator#service-bus-emulator-configuration-file
 */
import { z } from "zod";
import { isoDuration } from "../../shared/time/iso-duration";
import { parseSqlFilter } from "../filters/sql-parser";
import { BrokerStartError } from "../store/broker-store";

const longestLockMs = 5 * 60_000;
const forever = Infinity;

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/,
    "must be 1 to 260 letters, digits and . _ / -, a letter or a digit first and last",
  )
  .refine((text) => !text.startsWith("$"), "must not start with $");

/** The broker forwards nothing: an entity that asks for it would wait for ever. */
const notForwarded = z
  .literal("", "is not supported by this broker: leave it empty")
  .optional();

const receiving = {
  LockDuration: isoDuration
    .refine((ms) => ms > 0 && ms <= longestLockMs, "must be at most PT5M")
    .default(60_000),
  MaxDeliveryCount: z.int().min(1).max(2000).default(10),
  RequiresSession: z.boolean().default(false),
  DeadLetteringOnMessageExpiration: z.boolean().default(false),
  DefaultMessageTimeToLive: isoDuration.default(forever),
  ForwardTo: notForwarded,
  ForwardDeadLetteredMessagesTo: notForwarded,
};
const detecting = {
  RequiresDuplicateDetection: z.boolean().default(false),
  DuplicateDetectionHistoryTimeWindow: isoDuration.default(10 * 60_000),
};

const sqlFilter = z.string().check((context) => {
  const problem = parseSqlFilter(context.value).problem;
  if (problem !== undefined)
    context.issues.push({
      code: "custom",
      message: problem,
      input: context.value,
    });
});
const text = z.string().optional();
const propertyValue = z.union([z.string(), z.number(), z.boolean()]);

const rule = z.strictObject({
  Name: name,
  Properties: z
    .strictObject({
      FilterType: z.enum(["Sql", "Correlation"]),
      SqlFilter: z.strictObject({ SqlExpression: sqlFilter }).optional(),
      CorrelationFilter: z
        .strictObject({
          CorrelationId: text,
          MessageId: text,
          To: text,
          ReplyTo: text,
          Label: text,
          SessionId: text,
          ReplyToSessionId: text,
          ContentType: text,
          Properties: z.record(z.string(), propertyValue).default({}),
        })
        .optional(),
    })
    .refine(
      ({ FilterType, SqlFilter, CorrelationFilter }) =>
        (FilterType === "Sql" ? SqlFilter : CorrelationFilter) !== undefined,
      "must have the filter that FilterType names",
    ),
});

const subscription = z.strictObject({
  Name: name,
  Properties: z.strictObject(receiving).prefault({}),
  Rules: z.array(rule).optional(),
});
const queue = z.strictObject({
  Name: name,
  Properties: z.strictObject({ ...receiving, ...detecting }).prefault({}),
});
const topic = z.strictObject({
  Name: name,
  Properties: z
    .strictObject({
      ...detecting,
      DefaultMessageTimeToLive: isoDuration.default(forever),
    })
    .prefault({}),
  Subscriptions: z.array(subscription).default([]),
});

const namespace = z.strictObject({
  Name: z.string().default("sbemulatorns"),
  Queues: z.array(queue).default([]),
  Topics: z.array(topic).default([]),
});

const entityFile = z.strictObject({
  UserConfig: z.strictObject({
    Namespaces: z
      .array(namespace)
      .length(1, "must be one namespace, as in Microsoft's emulator")
      .check((context) => {
        for (const issue of repeated(context.value))
          context.issues.push({ ...issue, code: "custom", input: undefined });
      }),
    // What Microsoft's emulator logs to; this broker logs to where it is run.
    Logging: z.unknown().optional(),
  }),
});

export type ConfiguredQueue = z.output<typeof queue>;
export type ConfiguredTopic = z.output<typeof topic>;
export type ConfiguredSubscription = z.output<typeof subscription>;
export type ConfiguredRule = z.output<typeof rule>;
export interface NamespaceEntities {
  readonly queues: readonly ConfiguredQueue[];
  readonly topics: readonly ConfiguredTopic[];
}

/** Names are compared without regard to case. A queue and a topic share their names. */
function* repeated(namespaces: readonly z.output<typeof namespace>[]) {
  const [first] = namespaces;
  const names = [...(first?.Queues ?? []), ...(first?.Topics ?? [])];
  for (const found of twice(names))
    yield { message: `'${found}' is there more than once`, path: [0] };
  for (const [index, { Subscriptions }] of (first?.Topics ?? []).entries())
    for (const found of twice(Subscriptions))
      yield {
        message: `'${found}' is there more than once`,
        path: [0, "Topics", index, "Subscriptions"],
      };
}

function twice(named: readonly { readonly Name: string }[]): string[] {
  const seen = new Set<string>();
  return named.flatMap(({ Name }) => {
    const isSeen = seen.has(Name.toLowerCase());
    seen.add(Name.toLowerCase());
    return isSeen ? [Name] : [];
  });
}

/** Throws `BrokerStartError` with all that is wrong, each with where it stands. */
export function parseEntities(value: unknown): NamespaceEntities {
  const result = entityFile.safeParse(value);
  if (!result.success)
    throw new BrokerStartError(
      "service_bus_entities_invalid",
      `The Service Bus entities are not valid:\n${z
        .prettifyError(result.error)
        .split("\n")
        .map((line) => `  ${line}`)
        .join("\n")}`,
    );
  const [only] = result.data.UserConfig.Namespaces;
  return { queues: only?.Queues ?? [], topics: only?.Topics ?? [] };
}

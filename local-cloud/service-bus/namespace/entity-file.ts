/**
 * The entities of a namespace, in the shape of the configuration file of Microsoft's emulator.
 * https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator#service-bus-emulator-configuration-file
 */
import { z } from "zod";
import { isoDuration } from "../../shared/time/iso-duration";
import { parseSqlFilter } from "../filters/sql-parser";
import { BrokerStartError } from "../broker-start-error";

const maxLockMs = 5 * 60_000;

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/,
    "must be 1 to 260 letters, digits and . _ / -, a letter or a digit first and last",
  )
  .refine((text) => !text.startsWith("$"), "must not start with $");

/** The broker does not forward messages: they would never arrive at the target. */
const unsupportedForward = z
  .literal("", "is not supported by this broker: leave it empty")
  .optional();

const receiveProperties = {
  LockDuration: isoDuration
    .refine((ms) => ms > 0 && ms <= maxLockMs, "must be at most PT5M")
    .default(60_000),
  MaxDeliveryCount: z.int().min(1).max(2000).default(10),
  RequiresSession: z.boolean().default(false),
  DeadLetteringOnMessageExpiration: z.boolean().default(false),
  DefaultMessageTimeToLive: isoDuration.default(Infinity),
  ForwardTo: unsupportedForward,
  ForwardDeadLetteredMessagesTo: unsupportedForward,
};
const duplicateProperties = {
  RequiresDuplicateDetection: z.boolean().default(false),
  DuplicateDetectionHistoryTimeWindow: isoDuration.default(10 * 60_000),
};

const sqlFilter = z.string().check((context) => {
  const { problem } = parseSqlFilter(context.value);
  if (problem !== undefined)
    context.issues.push({
      code: "custom",
      message: problem,
      input: context.value,
    });
});
const optionalString = z.string().optional();
const propertyValue = z.union([z.string(), z.number(), z.boolean()]);

const rule = z.strictObject({
  Name: name,
  Properties: z
    .strictObject({
      FilterType: z.enum(["Sql", "Correlation"]),
      SqlFilter: z.strictObject({ SqlExpression: sqlFilter }).optional(),
      CorrelationFilter: z
        .strictObject({
          CorrelationId: optionalString,
          MessageId: optionalString,
          To: optionalString,
          ReplyTo: optionalString,
          Label: optionalString,
          SessionId: optionalString,
          ReplyToSessionId: optionalString,
          ContentType: optionalString,
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
  Properties: z.strictObject(receiveProperties).prefault({}),
  Rules: z.array(rule).optional(),
});
const queue = z.strictObject({
  Name: name,
  Properties: z
    .strictObject({ ...receiveProperties, ...duplicateProperties })
    .prefault({}),
});
const topic = z.strictObject({
  Name: name,
  Properties: z
    .strictObject({
      ...duplicateProperties,
      DefaultMessageTimeToLive: isoDuration.default(Infinity),
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
        for (const issue of findDuplicateNames(context.value))
          context.issues.push({ ...issue, code: "custom", input: undefined });
      }),
    // The log target of Microsoft's emulator; this broker ignores it.
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

/** Names are case-insensitive. Queues and topics share one set of names. */
function* findDuplicateNames(
  namespaces: readonly z.output<typeof namespace>[],
) {
  const [first] = namespaces;
  const names = [...(first?.Queues ?? []), ...(first?.Topics ?? [])];
  for (const name of listDuplicates(names))
    yield { message: `the name '${name}' is used more than once`, path: [0] };
  for (const [index, { Subscriptions }] of (first?.Topics ?? []).entries())
    for (const name of listDuplicates(Subscriptions))
      yield {
        message: `the name '${name}' is used more than once`,
        path: [0, "Topics", index, "Subscriptions"],
      };
}

function listDuplicates(named: readonly { readonly Name: string }[]): string[] {
  const seen = new Set<string>();
  return named.flatMap(({ Name }) => {
    const isSeen = seen.has(Name.toLowerCase());
    seen.add(Name.toLowerCase());
    return isSeen ? [Name] : [];
  });
}

/** Throws `BrokerStartError` that lists all problems with their paths. */
export function parseEntities(value: unknown): NamespaceEntities {
  const result = entityFile.safeParse(value);
  if (!result.success)
    throw new BrokerStartError(
      "service_bus_entities_invalid",
      `The Service Bus entities are invalid:\n${z
        .prettifyError(result.error)
        .split("\n")
        .map((line) => `  ${line}`)
        .join("\n")}`,
    );
  const [parsed] = result.data.UserConfig.Namespaces;
  return { queues: parsed?.Queues ?? [], topics: parsed?.Topics ?? [] };
}

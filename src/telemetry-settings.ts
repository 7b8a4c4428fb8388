/** The settings of telemetry, a part of those in `config.ts`. */
import { z } from "zod";

export interface TelemetryConfig {
  readonly serviceName: string;
  /** Whether what people, models and tools said is part of it. */
  readonly content: boolean;
  readonly applicationInsights?: {
    readonly connectionString: string;
    /** Absent: the key in the connection string is enough. */
    readonly identity?: { readonly clientId?: string };
  };
  readonly otlp: boolean;
}

export const telemetrySettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: z
    .string()
    .regex(/(^|;)\s*InstrumentationKey=/i, {
      error: "must be a connection string that has InstrumentationKey=",
    })
    .optional(),
  /** `Authorization=AAD`, and `ClientId=` of an identity when the app has several. */
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: z
    .string()
    .regex(/(^|;)\s*Authorization=AAD\s*(;|$)/i, {
      error: "must be Authorization=AAD, with ClientId=… before it if need be",
    })
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ error: "must be a URL" }).optional(),
  OTEL_SERVICE_NAME: z.string().default("aos"),
  AOS_TELEMETRY_CONTENT: z
    .enum(["true", "false"], { error: "must be true or false" })
    .default("false"),
};

export function telemetryConfig(
  from: z.output<z.ZodObject<typeof telemetrySettings>>,
): TelemetryConfig | undefined {
  const connectionString = from.APPLICATIONINSIGHTS_CONNECTION_STRING;
  const signIn = from.APPLICATIONINSIGHTS_AUTHENTICATION_STRING;
  const otlp = from.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
  const content = from.AOS_TELEMETRY_CONTENT === "true";
  const serviceName = from.OTEL_SERVICE_NAME;
  if (connectionString === undefined)
    return otlp ? { serviceName, content, otlp } : undefined;
  const clientId = /(?:^|;)\s*ClientId=([^;]+)/i.exec(signIn ?? "")?.[1];
  const identity = clientId === undefined ? {} : { clientId };
  return {
    serviceName,
    content,
    otlp,
    applicationInsights: {
      connectionString,
      ...(signIn !== undefined && { identity }),
    },
  };
}

import { z } from "zod";

export interface TelemetryConfig {
  readonly serviceName: string;
  /** Whether spans contain the messages of users, models and tools. */
  readonly captureContent: boolean;
  readonly applicationInsights?: {
    readonly connectionString: string;
    /** Absent: the key in the connection string authenticates. */
    readonly identity?: { readonly clientId?: string };
  };
  /** The signals that are exported over OTLP. */
  readonly otlpSignals: readonly OtlpSignal[];
}
type OtlpSignal = "traces" | "metrics";

const url = z.url({ error: "must be a URL" });

export const telemetrySettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: z
    .string()
    .regex(/(^|;)\s*InstrumentationKey=/i, {
      error: "must be a connection string that contains InstrumentationKey=",
    })
    .optional()
    .describe(
      "Connection string of Application Insights, the destination of telemetry.",
    ),

  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: z
    .string()
    .regex(/(^|;)\s*Authorization=AAD\s*(;|$)/i, {
      error: "must be Authorization=AAD, optionally after ClientId=…;",
    })
    .optional()
    .describe(
      "`Authorization=AAD`, preceded by `ClientId=…;` if the app has several identities. Default: the key in the connection string.",
    ),

  OTEL_EXPORTER_OTLP_ENDPOINT: url
    .optional()
    .describe(
      "OTLP endpoint (HTTP) for traces and metrics, in addition to Application Insights or instead of it. Headers and other options use the standard variables.",
    ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url
    .optional()
    .describe("OTLP endpoint for traces only."),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url
    .optional()
    .describe("OTLP endpoint for metrics only."),

  OTEL_SDK_DISABLED: z
    .string()
    .optional()
    .describe("`true` disables the export of telemetry."),
  OTEL_SERVICE_NAME: z
    .string()
    .default("aos")
    .describe("Service name in telemetry."),
  AOS_TELEMETRY_CONTENT: z
    .enum(["true", "false"], { error: "must be true or false" })
    .default("false")
    .describe(
      "`true` adds prompts, answers, tool arguments and results to spans, with recognizable secrets masked.",
    ),
};

type TelemetrySettings = z.output<z.ZodObject<typeof telemetrySettings>>;

/** Undefined without an exporter. */
export function resolveTelemetryConfig(
  settings: TelemetrySettings,
): TelemetryConfig | undefined {
  if (/^true$/i.test(settings.OTEL_SDK_DISABLED ?? "")) return undefined;
  const connectionString = settings.APPLICATIONINSIGHTS_CONNECTION_STRING;
  const authentication = settings.APPLICATIONINSIGHTS_AUTHENTICATION_STRING;
  const otlpSignals = findOtlpSignals(settings);
  const captureContent = settings.AOS_TELEMETRY_CONTENT === "true";
  const serviceName = settings.OTEL_SERVICE_NAME;
  if (connectionString === undefined)
    return otlpSignals.length > 0
      ? { serviceName, captureContent, otlpSignals }
      : undefined;
  const clientId = /(?:^|;)\s*ClientId=([^;]+)/i.exec(
    authentication ?? "",
  )?.[1];
  const identity = clientId === undefined ? {} : { clientId };
  return {
    serviceName,
    captureContent,
    otlpSignals,
    applicationInsights: {
      connectionString,
      ...(authentication !== undefined && { identity }),
    },
  };
}

function findOtlpSignals(settings: TelemetrySettings): readonly OtlpSignal[] {
  const all = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  const endpoints = {
    traces: all ?? settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
    metrics: all ?? settings.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT,
  };
  return (["traces", "metrics"] as const).filter(
    (signal) => endpoints[signal] !== undefined,
  );
}

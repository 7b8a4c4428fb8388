/** The settings of telemetry, a part of those in `config.ts`. */
import { z } from "zod";

export interface TelemetryConfig {
  readonly serviceName: string;
  /** Whether what people, models and tools said is part of it. */
  readonly captureContent: boolean;
  readonly applicationInsights?: {
    readonly connectionString: string;
    /** Absent: the key in the connection string is enough. */
    readonly identity?: { readonly clientId?: string };
  };
  /** What a collector is sent. */
  readonly otlpSignals: readonly Signal[];
}
type Signal = "traces" | "metrics";

const url = z.url({ error: "must be a URL" });

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
  /** The first for all that is sent, the others for one kind of it: whichever are there are sent to. */
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url.optional(),
  /** `true` tells nobody, whatever else is set; any other value is false, as the specification has it. */
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_SERVICE_NAME: z.string().default("aos"),
  AOS_TELEMETRY_CONTENT: z
    .enum(["true", "false"], { error: "must be true or false" })
    .default("false"),
};

type Settings = z.output<z.ZodObject<typeof telemetrySettings>>;

function signalsOf(from: Settings): readonly Signal[] {
  const all = from.OTEL_EXPORTER_OTLP_ENDPOINT;
  const signals = {
    traces: all ?? from.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
    metrics: all ?? from.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT,
  };
  return (["traces", "metrics"] as const).filter(
    (signal) => signals[signal] !== undefined,
  );
}

export function resolveTelemetryConfig(
  from: Settings,
): TelemetryConfig | undefined {
  if (/^true$/i.test(from.OTEL_SDK_DISABLED ?? "")) return undefined;
  const connectionString = from.APPLICATIONINSIGHTS_CONNECTION_STRING;
  const signIn = from.APPLICATIONINSIGHTS_AUTHENTICATION_STRING;
  const otlp = signalsOf(from);
  const content = from.AOS_TELEMETRY_CONTENT === "true";
  const serviceName = from.OTEL_SERVICE_NAME;
  if (connectionString === undefined)
    return otlp.length > 0
      ? { serviceName, captureContent: content, otlpSignals: otlp }
      : undefined;
  const clientId = /(?:^|;)\s*ClientId=([^;]+)/i.exec(signIn ?? "")?.[1];
  const identity = clientId === undefined ? {} : { clientId };
  return {
    serviceName,
    captureContent: content,
    otlpSignals: otlp,
    applicationInsights: {
      connectionString,
      ...(signIn !== undefined && { identity }),
    },
  };
}

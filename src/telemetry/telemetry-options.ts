export interface TelemetryOptions {
  readonly serviceName: string;
  /** Whether spans contain the messages of users, models and tools. */
  readonly captureContent: boolean;
  readonly applicationInsights?: {
    readonly connectionString: string;
    /** Absent: the key in the connection string authenticates. */
    readonly identity?: { readonly clientId?: string };
  };
  /** The signals that are exported over OTLP. */
  readonly otlpSignals: readonly ("traces" | "metrics")[];
}

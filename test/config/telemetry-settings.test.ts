import { readConfig } from "../../src/config/read-config";

describe("telemetry settings", () => {
  const storage = { AzureWebJobsStorage: "UseDevelopmentStorage=true" };
  test("disable telemetry by default", () => {
    expect(readConfig(storage).telemetry).toBeUndefined();
  });
  test("configure Application Insights with the named identity", () => {
    expect(
      readConfig({
        ...storage,
        APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=k",
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING:
          "ClientId=c;Authorization=AAD",
        OTEL_SERVICE_NAME: "n",
      }).telemetry,
    ).toEqual({
      serviceName: "n",
      captureContent: false,
      otlpSignals: [],
      applicationInsights: {
        connectionString: "InstrumentationKey=k",
        identity: { clientId: "c" },
      },
    });
  });
  test("configure an OTLP collector for traces and metrics", () => {
    expect(
      readConfig({
        ...storage,
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
        AOS_TELEMETRY_CONTENT: "true",
      }).telemetry,
    ).toEqual({
      serviceName: "aos",
      captureContent: true,
      otlpSignals: ["traces", "metrics"],
    });
  });
  test("configure an OTLP collector for metrics only", () => {
    const settings = {
      ...storage,
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://localhost:4318/v1/metrics",
    };
    expect(readConfig(settings).telemetry?.otlpSignals).toEqual(["metrics"]);
  });
  test("disable telemetry when OTEL_SDK_DISABLED is true, ignoring its case", () => {
    const settings = {
      ...storage,
      APPLICATIONINSIGHTS_CONNECTION_STRING: "InstrumentationKey=k",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
    };
    const isEnabled = (OTEL_SDK_DISABLED: string) =>
      readConfig({ ...settings, OTEL_SDK_DISABLED }).telemetry !== undefined;
    expect([isEnabled("True"), isEnabled("false"), isEnabled("yes")]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

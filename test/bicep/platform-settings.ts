/** Settings that the templates set and the code does not read, with their reader. */
export const platformSettings: Readonly<Record<string, string>> = {
  AzureWebJobsStorage__credential: "the host: how it signs in to storage",
  AzureWebJobsStorage__clientId: "the host: which identity it signs in with",
  AzureWebJobsStorage__queueServiceUri:
    "the Durable Task extension: its control and work-item queues",
  OTEL_TRACES_SAMPLER: "the host: how it samples",
  OTEL_TRACES_SAMPLER_ARG: "the host: how much it keeps",
  AZURE_CLIENT_ID: "@azure/identity: which identity the app signs in with",
  AzureFunctionsJobHost__extensions__durableTask__hubName:
    "the host: in place of host.json",
  AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions:
    "the host: in place of host.json",
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type:
    "the host: in place of host.json, with a Durable Task Scheduler only",
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName:
    "the host: in place of host.json, with a Durable Task Scheduler only",
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING:
    "the Durable Task extension: where the scheduler is; holds no secret",
  FUNCTIONS_EXTENSION_VERSION: "the platform, on plans that are not Flex",
  FUNCTIONS_WORKER_RUNTIME: "the host, on plans that are not Flex",
  WEBSITE_RUN_FROM_PACKAGE: "the platform, on plans that are not Flex",
  WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID:
    "the platform, on plans that are not Flex: who fetches the package",
};

/** Settings that only extensions read. */
export const comingSettings: Readonly<Record<string, string>> = {
  AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace:
    "the Service Bus trigger and sender",
  AZURE_SERVICEBUS_CONNECTION_STRING__credential: "the Service Bus trigger",
  AZURE_SERVICEBUS_CONNECTION_STRING__clientId: "the Service Bus trigger",
};

/** Settings that the code reads and the templates do not set, with the reason. */
export const settingsLeftOut: Readonly<Record<string, string>> = {
  AzureWebJobsStorage: "a connection string has a key; keys are off",
  AzureWebJobsStorage__accountName:
    "the endpoints replace it and also work in sovereign clouds",
  AZURE_STORAGE_CONNECTION_STRING: "a connection string has a key",
  AZURE_STORAGE_CONNECTION_STRING__accountName: "the endpoints replace it",
  AZURE_SERVICEBUS_CONNECTION_STRING: "a connection string has a key",
  AZURE_OPENAI_API_KEY: "the app signs in with its identity",
  OTEL_EXPORTER_OTLP_ENDPOINT: "telemetry goes to Application Insights",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "the same",
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "the same",
  OTEL_SDK_DISABLED: "telemetry is wanted",
  AOS_TELEMETRY_CONTENT: "content is exported by explicit decision only",
};

/** Settings that Flex Consumption refuses, or takes from functionAppConfig. https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan */
export const refusedOnFlex: readonly string[] = [
  "FUNCTIONS_EXTENSION_VERSION",
  "FUNCTIONS_WORKER_RUNTIME",
  "WEBSITE_RUN_FROM_PACKAGE",
  "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
  "WEBSITE_CONTENTSHARE",
  "WEBSITE_NODE_DEFAULT_VERSION",
  "SCM_DO_BUILD_DURING_DEPLOYMENT",
  "ENABLE_ORYX_BUILD",
  "WEBSITE_TIME_ZONE",
];

/** Settings that the templates set and the platform reads, each with its reader and purpose. */
export const platformSettings: Readonly<Record<string, string>> = {
  AzureWebJobsStorage__credential: "the host: kind of credential for storage",
  AzureWebJobsStorage__clientId: "the host: identity for storage",
  AzureWebJobsStorage__queueServiceUri:
    "the Durable Task extension: its control and work-item queues",
  OTEL_TRACES_SAMPLER: "the host: kind of trace sampler",
  OTEL_TRACES_SAMPLER_ARG: "the host: traces per second",
  AZURE_CLIENT_ID: "@azure/identity: identity of the app",
  AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions:
    "the host: overrides host.json",
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type:
    "the host: overrides host.json, with a Durable Task Scheduler only",
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName:
    "the host: overrides host.json, with a Durable Task Scheduler only",
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING:
    "the Durable Task extension: address of the scheduler, without a secret",
  FUNCTIONS_EXTENSION_VERSION: "the platform, on plans that are not Flex",
  FUNCTIONS_WORKER_RUNTIME: "the host, on plans that are not Flex",
  WEBSITE_RUN_FROM_PACKAGE: "the platform, on plans that are not Flex",
  WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID:
    "the platform, on plans that are not Flex: identity that downloads the package",
};

/** Settings that only an extension of the host reads. */
export const extensionSettings: Readonly<Record<string, string>> = {
  AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace:
    "the Service Bus trigger and sender",
  AZURE_SERVICEBUS_CONNECTION_STRING__credential: "the Service Bus trigger",
  AZURE_SERVICEBUS_CONNECTION_STRING__clientId: "the Service Bus trigger",
};

/** Settings that the code reads and the templates do not set, with the reason. */
export const omittedSettings: Readonly<Record<string, string>> = {
  AzureWebJobsStorage:
    "a connection string contains a key, and keys are disabled",
  AzureWebJobsStorage__accountName:
    "the endpoints replace it and also work in sovereign clouds",
  AZURE_STORAGE_CONNECTION_STRING: "a connection string contains a key",
  AZURE_STORAGE_CONNECTION_STRING__accountName: "the endpoints replace it",
  AZURE_SERVICEBUS_CONNECTION_STRING: "a connection string contains a key",
  AZURE_OPENAI_API_KEY: "the app signs in with its identity",
  OTEL_EXPORTER_OTLP_ENDPOINT: "telemetry goes to Application Insights",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "the same",
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "the same",
  OTEL_SDK_DISABLED: "telemetry is on",
  AOS_TELEMETRY_CONTENT: "content is exported by explicit decision only",
};

/** Settings that Flex Consumption rejects or replaces with functionAppConfig. https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan */
export const settingsRejectedOnFlex: readonly string[] = [
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

import {
  TableClient,
  type TableServiceClientOptions,
} from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import {
  BlobServiceClient,
  type ContainerClient,
  type StoragePipelineOptions,
} from "@azure/storage-blob";

export type StorageOptions =
  | { readonly connectionString: string }
  | {
      readonly tableEndpoint: string;
      readonly blobEndpoint: string;
      readonly credential: TokenCredential;
    };

/** Creates the table or container with its first call. */
export type LazyClient<Client> = () => Promise<Client>;

/** Covers all attempts of a table request. */
const tableRequestTimeoutMs = 20_000;
const blobAttemptTimeoutMs = 6_000;
const retryDelayMs = 100;

// Short retries bridge a dropped connection. The retry policy of the activity covers longer outages.
const tableOptions = (allowInsecureConnection: boolean) =>
  ({
    allowInsecureConnection,
    retryOptions: { maxRetries: 2, retryDelayInMs: retryDelayMs },
    additionalPolicies: [
      {
        position: "perCall",
        policy: {
          name: "requestTimeout",
          sendRequest(request, next) {
            request.abortSignal ??= AbortSignal.timeout(tableRequestTimeoutMs);
            return next(request);
          },
        },
      },
    ],
  }) satisfies TableServiceClientOptions;

const blobOptions: StoragePipelineOptions = {
  retryOptions: {
    maxTries: 3,
    retryDelayInMs: retryDelayMs,
    maxRetryDelayInMs: 10 * retryDelayMs,
    tryTimeoutInMs: blobAttemptTimeoutMs,
  },
};

export function openTable(
  options: StorageOptions,
  name: string,
): LazyClient<TableClient> {
  const client =
    "connectionString" in options
      ? TableClient.fromConnectionString(
          options.connectionString,
          name,
          tableOptions(isInsecure(options.connectionString)),
        )
      : new TableClient(
          options.tableEndpoint,
          name,
          options.credential,
          tableOptions(false),
        );
  return createOnFirstUse(client, () => client.createTable());
}

export function openContainer(
  options: StorageOptions,
  name: string,
): LazyClient<ContainerClient> {
  const service =
    "connectionString" in options
      ? BlobServiceClient.fromConnectionString(
          options.connectionString,
          blobOptions,
        )
      : new BlobServiceClient(
          options.blobEndpoint,
          options.credential,
          blobOptions,
        );
  const client = service.getContainerClient(name);
  return createOnFirstUse(client, () => client.createIfNotExists());
}

/** Only local storage is reached without TLS. */
const isInsecure = (connectionString: string): boolean =>
  /UseDevelopmentStorage=true|=http:/i.test(connectionString);

/** A failed creation is repeated by the next use. */
function createOnFirstUse<Client>(
  client: Client,
  create: () => Promise<unknown>,
): LazyClient<Client> {
  let created: Promise<unknown> | undefined;
  return async () => {
    try {
      await (created ??= create());
    } catch (error) {
      created = undefined;
      throw error;
    }
    return client;
  };
}

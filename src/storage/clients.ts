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

/** A client whose table or container is there once the promise resolves. */
export type LazyClient<Client> = () => Promise<Client>;

/** All attempts together. */
const requestMs = 20_000;
const attemptMs = 6_000;
const delayMs = 100;

/** Short retries bridge a dropped connection; anything longer is left to the retry policy of the activity. */
const tableOptions = (allowInsecureConnection: boolean) =>
  ({
    allowInsecureConnection,
    retryOptions: { maxRetries: 2, retryDelayInMs: delayMs },
    additionalPolicies: [
      {
        position: "perCall",
        policy: {
          name: "requestTimeout",
          sendRequest(request, next) {
            request.abortSignal ??= AbortSignal.timeout(requestMs);
            return next(request);
          },
        },
      },
    ],
  }) satisfies TableServiceClientOptions;

const blobOptions: StoragePipelineOptions = {
  retryOptions: {
    maxTries: 3,
    retryDelayInMs: delayMs,
    maxRetryDelayInMs: 10 * delayMs,
    tryTimeoutInMs: attemptMs,
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
  return onceMade(client, () => client.createTable());
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
  return onceMade(client, () => client.createIfNotExists());
}

/** Only the storage of a developer's machine is reached without TLS. */
const isInsecure = (connectionString: string): boolean =>
  /UseDevelopmentStorage=true|=http:/i.test(connectionString);

/** Makes it with the first use; a failure is not kept, so that the next use tries again. */
function onceMade<Client>(
  client: Client,
  make: () => Promise<unknown>,
): LazyClient<Client> {
  let made: Promise<unknown> | undefined;
  return async () => {
    try {
      await (made ??= make());
    } catch (error) {
      made = undefined;
      throw error;
    }
    return client;
  };
}

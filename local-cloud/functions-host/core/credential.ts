import { DefaultAzureCredential } from "@azure/identity";

/** Uses the user-assigned identity `clientId` or, without one, the default credential chain. */
export const createCredential = ({
  clientId,
}: {
  readonly clientId: string | undefined;
}): DefaultAzureCredential =>
  clientId === undefined
    ? new DefaultAzureCredential()
    : new DefaultAzureCredential({ managedIdentityClientId: clientId });

import { DefaultAzureCredential } from "@azure/identity";

/** Uses the user-assigned identity of `clientId`, or else the default identity of this machine. */
export const createCredential = ({
  clientId,
}: {
  readonly clientId: string | undefined;
}): DefaultAzureCredential =>
  clientId === undefined
    ? new DefaultAzureCredential()
    : new DefaultAzureCredential({ managedIdentityClientId: clientId });

@description('Name of the app\'s identity.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output id string = identity.id

@description('Object id, for role assignments.')
output principalId string = identity.properties.principalId

@description('Client id, for the settings of connections.')
output clientId string = identity.properties.clientId

@description('Name of the account.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Restrict access to private endpoints.')
param networkIsolation bool

@description('Object id of the app\'s identity.')
param principalId string

@description('Model name in the Azure OpenAI catalog.')
param modelName string

@description('Version of the model.')
param modelVersion string

@description('Capacity in thousands of tokens per minute.')
param capacity int

@description('Log Analytics workspace for the audit log.')
param workspaceId string

var openAiUser = '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: {
    name: 'S0'
  }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: networkIsolation ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: networkIsolation ? 'Deny' : 'Allow'
    }
  }
}

resource deployment 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = {
  parent: account
  name: modelName
  tags: tags
  sku: {
    name: 'GlobalStandard'
    capacity: capacity
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: modelName
      version: modelVersion
    }
    // Versions behave differently, so the service must not upgrade automatically.
    versionUpgradeOption: 'NoAutoUpgrade'
  }
}

resource appRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, principalId, openAiUser)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', openAiUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Endpoint of the account.')
output endpoint string = account.properties.endpoint

@description('Name of the deployment.')
output deploymentName string = deployment.name

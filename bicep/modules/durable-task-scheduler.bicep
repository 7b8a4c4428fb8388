@description('Name of the scheduler.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Name of the task hub.')
param taskHubName string

@description('Tier. Consumption bills actions, Dedicated bills capacity.')
@allowed([
  'Consumption'
  'Dedicated'
])
param skuName string

@description('Capacity units of a Dedicated scheduler. They determine throughput and zone redundancy.')
@minValue(1)
param capacityUnits int

@description('Restrict access to private endpoints.')
param networkIsolation bool

@description('Object id of the app\'s identity.')
param principalId string

var dataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: {
      name: skuName
      capacity: skuName == 'Dedicated' ? capacityUnits : null
    }
    publicNetworkAccess: networkIsolation ? 'Disabled' : 'Enabled'
    // An empty list rejects all addresses. Allowed clients still need a role.
    ipAllowlist: networkIsolation ? [] : [
      '0.0.0.0/0'
    ]
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: taskHubName
}

// Without a policy, histories are kept and billed indefinitely.
resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2026-02-01' = {
  parent: scheduler
  name: 'default'
  properties: {
    retentionPolicies: [
      {
        retentionPeriodInDays: 30
      }
      {
        orchestrationState: 'Failed'
        retentionPeriodInDays: 90
      }
    ]
  }
}

resource appRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: scheduler
  name: guid(scheduler.id, principalId, dataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

@description('Resource id of the scheduler.')
output id string = scheduler.id

@description('Endpoint of the scheduler.')
output endpoint string = scheduler.properties.endpoint

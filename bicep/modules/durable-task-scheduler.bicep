@description('Name of the scheduler.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the task hub.')
param taskHubName string

@description('Consumption bills actions; Dedicated bills a capacity.')
@allowed([
  'Consumption'
  'Dedicated'
])
param skuName string

@description('Units of a Dedicated scheduler: its throughput, and whether it is spread over zones.')
@minValue(1)
param capacityUnits int

@description('True: reached through a private endpoint only.')
param networkIsolation bool

@description('Object id of the app.')
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
    // An empty list refuses everybody; whoever gets through still needs a role.
    ipAllowlist: networkIsolation ? [] : [
      '0.0.0.0/0'
    ]
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: taskHubName
}

// Without a policy histories are kept, and billed, for ever.
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

@description('Name of the namespace.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Tier. Private endpoints require Premium.')
@allowed([
  'Standard'
  'Premium'
])
param skuName string

@description('Restrict access to private endpoints. Requires Premium.')
param networkIsolation bool

@description('Subscriptions of the event topic: name and SQL filter of each.')
param eventSubscriptions array

@description('Object id of the app\'s identity.')
param principalId string

@description('Protect the namespace with a delete lock.')
param deleteLock bool

@description('Log Analytics workspace for the audit log.')
param workspaceId string

var dataReceiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
var dataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'

// The same entities as in service-bus.json, which the local broker reads. Sessions and duplicate detection of an existing
// entity cannot be changed; a change of either requires a new entity name.
var queues = [
  {
    name: 'agent-requests'
    requiresSession: false
    maxDeliveryCount: 5
  }
  {
    name: 'agent-session-requests'
    requiresSession: true
    maxDeliveryCount: 5
  }
  {
    name: 'agent-responses'
    requiresSession: false
    maxDeliveryCount: 5
  }
  {
    name: 'agent-requests-deadletter'
    requiresSession: false
    // Receiving one message also delivers those before it, which must not dead-letter them.
    maxDeliveryCount: 2000
  }
]

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
    tier: skuName
    capacity: skuName == 'Premium' ? 1 : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: networkIsolation ? 'Disabled' : 'Enabled'
    zoneRedundant: skuName == 'Premium' ? true : null
  }
}

resource namespaceQueues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [for queue in queues: {
  parent: namespace
  name: queue.name
  properties: {
    lockDuration: 'PT5M'
    maxDeliveryCount: queue.maxDeliveryCount
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT10M'
    requiresSession: queue.requiresSession
    deadLetteringOnMessageExpiration: true
    defaultMessageTimeToLive: 'P14D'
    enablePartitioning: false
    enableBatchedOperations: true
  }
}]

resource events 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = {
  parent: namespace
  name: 'agent-events'
  properties: {
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT10M'
    defaultMessageTimeToLive: 'P1D'
    supportOrdering: true
    enablePartitioning: false
    enableBatchedOperations: true
  }
}

// Unread events expire after a day. A full topic would stop the app from publishing.
resource subscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [for subscription in eventSubscriptions: {
  parent: events
  name: subscription.name
  properties: {
    lockDuration: 'PT5M'
    maxDeliveryCount: 5
    requiresSession: false
    deadLetteringOnMessageExpiration: false
    deadLetteringOnFilterEvaluationExceptions: true
    defaultMessageTimeToLive: 'P1D'
  }
}]

// Replaces the default rule of a new subscription, which accepts every event.
resource rules 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules@2024-01-01' = [for (subscription, index) in eventSubscriptions: {
  parent: subscriptions[index]
  name: '$Default'
  properties: {
    filterType: 'SqlFilter'
    sqlFilter: {
      sqlExpression: subscription.filter
    }
  }
}]

// The app receives requests, sends responses, and reads and replays dead letters of every queue.
resource receiverRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queue, index) in queues: {
  scope: namespaceQueues[index]
  name: guid(namespaceQueues[index].id, principalId, dataReceiver)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataReceiver)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}]

resource senderRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queue, index) in queues: {
  scope: namespaceQueues[index]
  name: guid(namespaceQueues[index].id, principalId, dataSender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataSender)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}]

resource eventSenderRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: events
  name: guid(events.id, principalId, dataSender)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataSender)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deleteLock) {
  scope: namespace
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Deleting the namespace deletes all waiting messages.'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
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

@description('Resource id of the namespace.')
output id string = namespace.id

@description('Name of the namespace.')
output name string = namespace.name

// https://<namespace>.servicebus.windows.net:443/ in the public cloud, another suffix elsewhere.
@description('Host name of the namespace, for clients.')
output fullyQualifiedNamespace string = split(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':')[0]

targetScope = 'subscription'

metadata name = 'AOS'
metadata description = 'Agent workflows as durable orchestrations on Azure Functions: everything that they need, in a resource group of its own.'

// What it is called, where it is

@description('Name of the deployment, which the names of its resources follow from.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Kind of the deployment: its defaults are for trying out, or for what must not fail.')
@allowed([
  'dev'
  'prod'
])
param environmentType string

@description('Region.')
param location string

@description('Who pays, as a tag.')
param costCenter string = 'unassigned'

// How it runs

@description('Flex Consumption bills executions; the other two bill instances.')
@allowed([
  'FlexConsumption'
  'ElasticPremium'
  'Dedicated'
])
param hostingPlan string = 'FlexConsumption'

@description('Major version of Node.js.')
@allowed([
  '22'
  '24'
])
param nodeVersion string = '22'

@description('Memory of an instance on Flex Consumption.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

// Where the service documents its floor, it says 40 on one page and 1 on another.
@description('Most instances: the ceiling of cost, and of what the model is asked at once.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = environmentType == 'prod' ? 100 : 40

@description('Activities that an instance runs at once: with the ceiling of instances, the most that the model is asked at once.')
@minValue(1)
@maxValue(200)
param activityConcurrency int = 10

@description('Instances that are never let go, against cold starts.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = environmentType == 'prod' ? 1 : 0

@description('Where orchestrations are kept: in the storage account of the host, or in a Durable Task Scheduler.')
@allowed([
  'AzureStorage'
  'DurableTaskScheduler'
])
param durableBackend string = 'AzureStorage'

@description('Name of the task hub. Another one starts empty, beside what the old one holds.')
@minLength(3)
@maxLength(45)
param taskHubName string = 'Aos'

@description('True: zones where a service has them.')
param zoneRedundant bool = environmentType == 'prod'

@description('True: storage, Service Bus, key vault and models are reached through private endpoints only.')
param networkIsolation bool = environmentType == 'prod'

@description('False: the API too is reached through a private endpoint only.')
param publicHttpAccess bool = true

@description('Addresses of the network where there is one, at least a /22; none that a network it is peered with has.')
param networkAddressSpace string = '10.10.0.0/16'

@description('Private endpoints and zones of Service Bus need Premium.')
@allowed([
  'Standard'
  'Premium'
])
param serviceBusSku string = environmentType == 'prod' ? 'Premium' : 'Standard'

@description('Subscriptions to the topic of events: name and SQL filter of each, over workflow, status and tags.')
param eventSubscriptions array = [{ name: 'all', filter: '1=1' }]

@description('True: storage, Service Bus and key vault cannot be deleted before their locks are.')
param deleteLocks bool = environmentType == 'prod'

// Who may call it

@description('Origins of browsers that may call the API.')
param allowedOrigins array = []

@description('Application (client) id of the API in Entra ID; empty: callers have a function key only.')
param entraClientId string = ''

@description('Applications that may call the API, by client id.')
param entraAllowedApplications array = []

@description('Object id of who may write secrets; empty for nobody.')
param operatorPrincipalId string = ''

@description('What the operator is.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param operatorPrincipalType string = 'User'

// Which model answers

@description('A new account of Azure OpenAI, an existing one, any OpenAI-compatible server, or none.')
@allowed([
  'azure-openai-new'
  'azure-openai-existing'
  'openai'
  'offline'
])
param model string = 'offline'

@description('Model of the new account, deployment of the existing one, or name of the model.')
param modelName string = 'gpt-4.1-mini'

@description('Version of the model in the new account.')
param modelVersion string = '2025-04-14'

@description('Thousands of tokens a minute in the new account.')
param modelCapacity int = 50

@description('Version of the API of Azure OpenAI.')
param modelApiVersion string = '2024-10-21'

@description('Seconds after which a call of the model is given up.')
@minValue(1)
@maxValue(1500)
param modelTimeoutSeconds int = 120

@description('Resource group of the existing account of Azure OpenAI.')
param openAiResourceGroupName string = ''

@description('Name of the existing account of Azure OpenAI.')
param openAiAccountName string = ''

@description('Base URL of the OpenAI-compatible server.')
param modelBaseUrl string = ''

@description('True: that server asks for a key, which is in the vault.')
param modelHasKey bool = true

@secure()
@description('That key; empty: it is written into the vault by other means.')
param modelApiKey string = ''

@description('When that key expires, in seconds since 1970.')
param modelApiKeyExpires int = 1830297600

// What else there is

@description('True: an account of Cosmos DB for documents.')
param cosmosEnabled bool = false

// What it keeps, what it costs, who is told

@description('Days that logs and traces are kept.')
@allowed([
  30
  60
  90
  120
  180
  270
  365
  550
  730
])
param logRetentionDays int = environmentType == 'prod' ? 90 : 30

@description('Gigabytes of logs a day after which nothing more is taken in; -1 for no limit.')
param logDailyQuotaGb int = environmentType == 'prod' ? -1 : 1

@description('Traces a second that the host keeps.')
@minValue(1)
param tracesPerSecond int = 20

@description('Days after its start that the task hub keeps an orchestration that has ended. What AOS keeps of it stays.')
@minValue(1)
param hubRetentionDays int = 30

@description('Days after which the large values of an orchestration are deleted. Longer than any orchestration takes.')
param payloadRetentionDays int = 365

@description('Who is told of alerts.')
param alertEmails array = []

@description('Waiting messages above which the app does not keep up.')
param backlogThreshold int = 1000

@description('Tokens an hour above which something is wrong, or expensive.')
param tokensPerHourThreshold int = 5000000

@description('Most that it is meant to cost in a month, in the currency of the subscription; 0 for no budget.')
param budgetAmount int = 0

@description('First day of the month from which the budget counts, as yyyy-MM-01.')
param budgetStartDate string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
  workload: 'aos'
  environment: environmentType
  costCenter: costCenter
  managedBy: 'bicep'
}
// A variable of azd that is not set leaves an empty address. In production the service refuses it, which is meant: somebody has to be told.
var givenEmails = environmentType == 'dev' && contains(alertEmails, '') ? [] : alertEmails
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var queueContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var packageContainer = 'packages'
var groupName = 'rg-aos-${environmentName}'
var isNewOpenAi = model == 'azure-openai-new'
var isExistingOpenAi = model == 'azure-openai-existing'
var hasScheduler = durableBackend == 'DurableTaskScheduler'
var hasPrivateEndpoints = networkIsolation || !publicHttpAccess
var storageSuffix = environment().suffixes.storage
var zoneNames = {
  blob: 'privatelink.blob.${storageSuffix}'
  queue: 'privatelink.queue.${storageSuffix}'
  table: 'privatelink.table.${storageSuffix}'
  namespace: 'privatelink.servicebus.windows.net'
  vault: 'privatelink.vaultcore.azure.net'
  account: 'privatelink.openai.azure.com'
  // As `az network private-link-resource list` tells for a scheduler.
  scheduler: 'privatelink.durabletask.io'
  Sql: 'privatelink.documents.azure.com'
  sites: 'privatelink.azurewebsites.net'
}
// A zone without an endpoint in it would hide the endpoints that others have under the same name.
var neededZoneNames = concat(
  networkIsolation ? storageZoneNames : [],
  networkIsolation ? vaultZoneNames : [],
  networkIsolation && serviceBusSku == 'Premium' ? serviceBusZoneNames : [],
  networkIsolation && (isNewOpenAi || isExistingOpenAi) ? openAiZoneNames : [],
  networkIsolation && hasScheduler ? schedulerZoneNames : [],
  networkIsolation && cosmosEnabled ? cosmosZoneNames : [],
  publicHttpAccess ? [] : siteZoneNames
)
var storageZoneNames = [
  zoneNames.blob
  zoneNames.queue
  zoneNames.table
]
var vaultZoneNames = [
  zoneNames.vault
]
var serviceBusZoneNames = [
  zoneNames.namespace
]
var openAiZoneNames = [
  zoneNames.account
]
var schedulerZoneNames = [
  zoneNames.scheduler
]
var cosmosZoneNames = [
  zoneNames.Sql
]
var siteZoneNames = [
  zoneNames.sites
]

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: groupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: {
    name: 'id-aos-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: {
    workspaceName: 'log-aos-${token}'
    appInsightsName: 'appi-aos-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
    principalId: identity.outputs.principalId
    alertEmails: givenEmails
  }
}

module network 'modules/network.bicep' = if (hasPrivateEndpoints) {
  scope: group
  name: 'network'
  params: {
    name: 'vnet-aos-${token}'
    location: location
    tags: tags
    appSubnetDelegation: hostingPlan == 'FlexConsumption' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
    addressSpace: networkAddressSpace
    privateDnsZoneNames: neededZoneNames
  }
}

// What the host rewrites all the time: leases, queues, the task hub, packages of the app.
module hostStorage 'modules/storage.bicep' = {
  scope: group
  name: 'host-storage'
  params: {
    name: take('staoshost${token}', 24)
    location: location
    tags: tags
    skuName: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    networkIsolation: networkIsolation
    recoverable: false
    containers: [
      packageContainer
    ]
    tables: []
    tieredPrefixes: []
    retentionDays: payloadRetentionDays
    principalId: identity.outputs.principalId
    roleIds: [
      blobOwner
      queueContributor
      tableContributor
    ]
    deleteLock: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
  }
}

// What AOS writes: orchestrations, their histories, transcripts and large values.
module dataStorage 'modules/storage.bicep' = {
  scope: group
  name: 'data-storage'
  params: {
    name: take('staosdata${token}', 24)
    location: location
    tags: tags
    skuName: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    networkIsolation: networkIsolation
    recoverable: true
    containers: [
      'aos-payloads'
    ]
    tables: [
      'AosOrchestrations'
      'AosHistory'
      'AosTranscripts'
      'AosSessionQueue'
    ]
    tieredPrefixes: [
      'aos-payloads/'
    ]
    retentionDays: payloadRetentionDays
    principalId: identity.outputs.principalId
    roleIds: [
      blobContributor
      tableContributor
    ]
    deleteLock: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  scope: group
  name: 'service-bus'
  params: {
    name: 'sbns-aos-${token}'
    location: location
    tags: tags
    skuName: serviceBusSku
    networkIsolation: networkIsolation && serviceBusSku == 'Premium'
    eventSubscriptions: eventSubscriptions
    principalId: identity.outputs.principalId
    deleteLock: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  scope: group
  name: 'key-vault'
  params: {
    name: take('kv-aos-${token}', 24)
    location: location
    tags: tags
    networkIsolation: networkIsolation
    purgeProtection: environmentType == 'prod'
    principalId: identity.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    modelApiKey: modelApiKey
    modelApiKeyExpires: modelApiKeyExpires
    deleteLock: deleteLocks
    workspaceId: monitoring.outputs.workspaceId
  }
}

module openAi 'modules/openai.bicep' = if (isNewOpenAi) {
  scope: group
  name: 'openai'
  params: {
    name: 'oai-aos-${token}'
    location: location
    tags: tags
    networkIsolation: networkIsolation
    principalId: identity.outputs.principalId
    modelName: modelName
    modelVersion: modelVersion
    capacity: modelCapacity
    workspaceId: monitoring.outputs.workspaceId
  }
}

module openAiAccess 'modules/openai-access.bicep' = if (isExistingOpenAi) {
  // The name has to be valid even where the module is left out.
  scope: resourceGroup(empty(openAiResourceGroupName) ? groupName : openAiResourceGroupName)
  name: 'openai-access-${token}'
  params: {
    accountName: openAiAccountName
    principalId: identity.outputs.principalId
  }
}

module scheduler 'modules/durable-task-scheduler.bicep' = if (hasScheduler) {
  scope: group
  name: 'durable-task-scheduler'
  params: {
    name: 'dts-aos-${token}'
    location: location
    tags: tags
    taskHubName: taskHubName
    skuName: zoneRedundant ? 'Dedicated' : 'Consumption'
    // Fewer are not spread over zones.
    capacityUnits: zoneRedundant ? 3 : 1
    networkIsolation: networkIsolation
    principalId: identity.outputs.principalId
  }
}

module cosmos 'modules/cosmos.bicep' = if (cosmosEnabled) {
  scope: group
  name: 'cosmos'
  params: {
    name: 'cosmos-aos-${token}'
    location: location
    tags: tags
    networkIsolation: networkIsolation
    zoneRedundant: zoneRedundant
    principalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

var storageTargets = networkIsolation ? [
  {
    name: 'host-blob'
    resourceId: hostStorage.outputs.id
    groupId: 'blob'
    zoneName: zoneNames.blob
  }
  {
    name: 'host-queue'
    resourceId: hostStorage.outputs.id
    groupId: 'queue'
    zoneName: zoneNames.queue
  }
  {
    name: 'host-table'
    resourceId: hostStorage.outputs.id
    groupId: 'table'
    zoneName: zoneNames.table
  }
  {
    name: 'data-blob'
    resourceId: dataStorage.outputs.id
    groupId: 'blob'
    zoneName: zoneNames.blob
  }
  {
    name: 'data-table'
    resourceId: dataStorage.outputs.id
    groupId: 'table'
    zoneName: zoneNames.table
  }
] : []

var vaultTargets = networkIsolation ? [
  {
    name: 'key-vault'
    resourceId: keyVault.outputs.id
    groupId: 'vault'
    zoneName: zoneNames.vault
  }
] : []

var serviceBusTargets = networkIsolation && serviceBusSku == 'Premium' ? [
  {
    name: 'service-bus'
    resourceId: serviceBus.outputs.id
    groupId: 'namespace'
    zoneName: zoneNames.namespace
  }
] : []

var openAiId = isNewOpenAi ? openAi!.outputs.id : (isExistingOpenAi ? openAiAccess!.outputs.id : '')
var openAiTargets = networkIsolation && (isNewOpenAi || isExistingOpenAi) ? [
  {
    name: 'openai'
    resourceId: openAiId
    groupId: 'account'
    zoneName: zoneNames.account
  }
] : []

var schedulerTargets = networkIsolation && hasScheduler ? [
  {
    name: 'durable-task-scheduler'
    resourceId: scheduler!.outputs.id
    groupId: 'scheduler'
    zoneName: zoneNames.scheduler
  }
] : []

var cosmosTargets = networkIsolation && cosmosEnabled ? [
  {
    name: 'cosmos'
    resourceId: cosmos!.outputs.id
    groupId: 'Sql'
    zoneName: zoneNames.Sql
  }
] : []

module privateEndpoints 'modules/private-endpoints.bicep' = if (networkIsolation) {
  scope: group
  name: 'private-endpoints'
  params: {
    location: location
    tags: tags
    subnetId: network!.outputs.privateEndpointSubnetId
    targets: concat(storageTargets, vaultTargets, serviceBusTargets, openAiTargets, schedulerTargets, cosmosTargets)
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  name: 'function-app'
  params: {
    name: 'func-aos-${token}'
    planName: 'plan-aos-${token}'
    location: location
    tags: tags
    hostingPlan: hostingPlan
    nodeVersion: nodeVersion
    zoneRedundant: zoneRedundant
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    activityConcurrency: activityConcurrency
    tracesPerSecond: tracesPerSecond
    alwaysReadyInstances: alwaysReadyInstances
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    appSubnetId: hasPrivateEndpoints ? network!.outputs.appSubnetId : ''
    publicHttpAccess: publicHttpAccess
    allowedOrigins: allowedOrigins
    entraClientId: entraClientId
    entraAllowedApplications: entraAllowedApplications
    hostStorageName: hostStorage.outputs.name
    packageContainer: packageContainer
    dataBlobEndpoint: dataStorage.outputs.blobEndpoint
    dataTableEndpoint: dataStorage.outputs.tableEndpoint
    serviceBusHost: serviceBus.outputs.fullyQualifiedNamespace
    appInsightsName: monitoring.outputs.appInsightsName
    keyVaultName: keyVault.outputs.name
    taskHubName: taskHubName
    hubRetentionDays: hubRetentionDays
    schedulerEndpoint: hasScheduler ? scheduler!.outputs.endpoint : ''
    modelProvider: isNewOpenAi || isExistingOpenAi ? 'azure-openai' : model
    modelEndpoint: isNewOpenAi ? openAi!.outputs.endpoint : (isExistingOpenAi ? openAiAccess!.outputs.endpoint : modelBaseUrl)
    modelName: isNewOpenAi ? openAi!.outputs.deploymentName : modelName
    modelApiVersion: modelApiVersion
    modelTimeoutSeconds: modelTimeoutSeconds
    modelHasKey: modelHasKey
    workspaceId: monitoring.outputs.workspaceId
  }
  // It finds its services from the first start on.
  dependsOn: [
    privateEndpoints
  ]
}

module siteEndpoint 'modules/private-endpoints.bicep' = if (!publicHttpAccess) {
  scope: group
  name: 'site-endpoint'
  params: {
    location: location
    tags: tags
    subnetId: network!.outputs.apiSubnetId
    targets: [
      {
        name: 'function-app'
        resourceId: functionApp.outputs.id
        groupId: 'sites'
        zoneName: zoneNames.sites
      }
    ]
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    location: location
    tags: tags
    appInsightsId: monitoring.outputs.appInsightsId
    actionGroupId: monitoring.outputs.actionGroupId
    siteId: functionApp.outputs.id
    publicUri: publicHttpAccess ? functionApp.outputs.uri : ''
    serviceBusId: serviceBus.outputs.id
    storageIds: [
      hostStorage.outputs.id
      dataStorage.outputs.id
    ]
    keyVaultId: keyVault.outputs.id
    backlogThreshold: backlogThreshold
    tokensPerHourThreshold: tokensPerHourThreshold
  }
}

module budget 'modules/budget.bicep' = if (budgetAmount > 0) {
  scope: group
  name: 'budget'
  params: {
    name: 'budget-aos-${environmentName}'
    amount: budgetAmount
    startDate: budgetStartDate
    actionGroupId: monitoring.outputs.actionGroupId
  }
}

@description('Resource group of everything.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name

@description('Where the API answers.')
output SERVICE_API_URI string = functionApp.outputs.uri

@description('Host name of the Service Bus namespace.')
output AZURE_SERVICEBUS_NAMESPACE string = serviceBus.outputs.fullyQualifiedNamespace

@description('Name of the key vault.')
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name

@description('Storage account that packages of the app are in.')
output AZURE_HOST_STORAGE_NAME string = hostStorage.outputs.name

@description('Endpoint of Cosmos DB; empty when there is none.')
output AZURE_COSMOS_ENDPOINT string = cosmosEnabled ? cosmos!.outputs.endpoint : ''

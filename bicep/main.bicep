targetScope = 'subscription'

metadata name = 'AOS'
metadata description = 'Agent workflows as durable orchestrations on Azure Functions, with all required resources in one resource group.'

// Name and location

@description('Name of the deployment. Resource names derive from it.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Kind of environment. It selects the defaults of other parameters.')
@allowed([
  'dev'
  'prod'
])
param environmentType string

@description('Azure region.')
param location string

@description('Cost center, as a tag.')
param costCenter string = 'unassigned'

// Hosting

@description('Hosting plan. Flex Consumption bills executions, the others bill instances.')
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

@description('Memory per instance on Flex Consumption.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

// The documented minimum is 40 on one page of Azure's documentation and 1 on another.
@description('Maximum number of instances. Limits the cost and the number of concurrent model calls.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = environmentType == 'prod' ? 100 : 40

@description('Concurrent activities per instance. Multiplied by the maximum number of instances, it limits concurrent model calls.')
@minValue(1)
@maxValue(200)
param activityConcurrency int = 10

@description('Instances that always run, to avoid cold starts.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = environmentType == 'prod' ? 1 : 0

@description('Backend of the task hub: the storage account of the host, or a Durable Task Scheduler.')
@allowed([
  'AzureStorage'
  'DurableTaskScheduler'
])
param durableBackend string = 'AzureStorage'

@description('Name of the task hub. A new name starts an empty task hub; the old one is kept.')
@minLength(3)
@maxLength(45)
param taskHubName string = 'Aos'

@description('Use availability zones where the service supports them.')
param zoneRedundant bool = environmentType == 'prod'

@description('Restrict storage, Service Bus, key vault and models to private endpoints.')
param networkIsolation bool = environmentType == 'prod'

@description('Allow public access to the API. If false, the API has a private endpoint only.')
param publicHttpAccess bool = true

@description('Address range of the virtual network, at least a /22. It must not overlap with peered networks.')
param networkAddressSpace string = '10.10.0.0/16'

@description('Service Bus tier. Private endpoints and zones require Premium.')
@allowed([
  'Standard'
  'Premium'
])
param serviceBusSku string = environmentType == 'prod' ? 'Premium' : 'Standard'

@description('Subscriptions of the event topic: name and SQL filter over workflow, status and tags.')
param eventSubscriptions array = [{ name: 'all', filter: '1=1' }]

@description('Protect storage, Service Bus and key vault with delete locks.')
param deleteLocks bool = environmentType == 'prod'

// Access

@description('Origins that may call the API from a browser (CORS).')
param allowedOrigins array = []

@description('Application (client) id of the API in Entra ID. If empty, callers need only a function key.')
param entraClientId string = ''

@description('Client ids of the applications that may call the API. If empty, all applications of the tenant may.')
param entraAllowedApplications array = []

@description('Object id of the operator who may write secrets; empty for none.')
param operatorPrincipalId string = ''

@description('Principal type of the operator.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param operatorPrincipalType string = 'User'

// Model

@description('Model provider: a new or existing Azure OpenAI account, an OpenAI-compatible server, or the offline model.')
@allowed([
  'azure-openai-new'
  'azure-openai-existing'
  'openai'
  'offline'
])
param model string = 'offline'

@description('Model of the new account, deployment of the existing account, or model of the OpenAI-compatible server.')
param modelName string = 'gpt-4.1-mini'

@description('Model version in the new account.')
param modelVersion string = '2025-04-14'

@description('Capacity of the new account, in thousands of tokens per minute.')
param modelCapacity int = 50

@description('API version of Azure OpenAI.')
param modelApiVersion string = '2024-10-21'

@description('Time limit of a model call, in seconds.')
@minValue(1)
@maxValue(1500)
param modelTimeoutSeconds int = 120

@description('Resource group of the existing Azure OpenAI account.')
param openAiResourceGroupName string = ''

@description('Name of the existing Azure OpenAI account.')
param openAiAccountName string = ''

@description('Base URL of the OpenAI-compatible server.')
param modelBaseUrl string = ''

@description('The OpenAI-compatible server requires a key, which is stored in the vault.')
param modelHasKey bool = true

@secure()
@description('Key of the OpenAI-compatible server. If empty, write it to the vault separately.')
param modelApiKey string = ''

@description('Expiry of that key, in seconds since 1970.')
param modelApiKeyExpires int = 1830297600

// Optional resources

@description('Create a Cosmos DB account for documents. AOS stores nothing in it.')
param cosmosEnabled bool = false

// Retention, alerts and budget

@description('Retention of logs and traces, in days.')
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

@description('Daily limit of log ingestion in GB; -1 for no limit.')
param logDailyQuotaGb int = environmentType == 'prod' ? -1 : 1

@description('Traces per second that the host samples.')
@minValue(1)
param tracesPerSecond int = 20

@description('Retention of ended orchestrations in the task hub, in days after their start. Rows and payloads of AOS are kept.')
@minValue(1)
param hubRetentionDays int = 30

@description('Retention of payload blobs, in days. It must exceed the duration of every orchestration.')
param payloadRetentionDays int = 365

@description('Email addresses that receive alerts.')
param alertEmails array = []

@description('Number of waiting messages that triggers the backlog alert.')
param backlogThreshold int = 1000

@description('Tokens per hour that trigger the token alert.')
param tokensPerHourThreshold int = 5000000

@description('Monthly budget in the currency of the subscription; 0 for no budget.')
param budgetAmount int = 0

@description('Start of the budget, as yyyy-MM-01.')
param budgetStartDate string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
  workload: 'aos'
  environment: environmentType
  costCenter: costCenter
  managedBy: 'bicep'
}
// An unset azd variable becomes an empty address. In production Azure rejects it, on purpose: alerts need a recipient.
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
  // Source: `az network private-link-resource list` for a scheduler.
  scheduler: 'privatelink.durabletask.io'
  Sql: 'privatelink.documents.azure.com'
  sites: 'privatelink.azurewebsites.net'
}
// A zone without endpoints would hide endpoints of other networks under the same name.
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

// Data that the host rewrites continuously: leases, queues, the task hub, app packages.
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

// Data of AOS: orchestrations, histories, transcripts and payloads.
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
      'AosEvents'
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
  // The name must be valid even if the module is not deployed.
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
    // Fewer units are not zone redundant.
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
  // The app reaches its services from the first start.
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

@description('Resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name

@description('Base URL of the API.')
output SERVICE_API_URI string = functionApp.outputs.uri

@description('Host name of the Service Bus namespace.')
output AZURE_SERVICEBUS_NAMESPACE string = serviceBus.outputs.fullyQualifiedNamespace

@description('Name of the key vault.')
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name

@description('Storage account of the host, which contains the app packages.')
output AZURE_HOST_STORAGE_NAME string = hostStorage.outputs.name

@description('Endpoint of Cosmos DB; empty if not created.')
output AZURE_COSMOS_ENDPOINT string = cosmosEnabled ? cosmos!.outputs.endpoint : ''

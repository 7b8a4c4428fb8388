@description('Name of the app.')
param name string

@description('Name of the plan.')
param planName string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Hosting plan. Flex Consumption bills executions, the others bill instances.')
@allowed([
  'FlexConsumption'
  'ElasticPremium'
  'Dedicated'
])
param hostingPlan string

@description('Major version of Node.js.')
@allowed([
  '22'
  '24'
])
param nodeVersion string

@description('Use instances in several zones. Requires a region with zones.')
param zoneRedundant bool

@description('Memory per instance on Flex Consumption.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('Maximum number of instances. Limits the cost and the number of concurrent model calls.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Concurrent activities per instance. Multiplied by the maximum number of instances, it limits concurrent model calls.')
@minValue(1)
@maxValue(200)
param activityConcurrency int

@description('Traces per second that the host samples.')
@minValue(1)
param tracesPerSecond int

@description('Instances that always run, to avoid cold starts; 0 for none.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Subnet for virtual network integration; empty for none.')
param appSubnetId string

@description('Allow public access. If false, access is restricted to a private endpoint.')
param publicHttpAccess bool

@description('Origins that may call the API from a browser (CORS).')
param allowedOrigins array

@description('Application (client) id of the API in Entra ID. If empty, callers need only a function key.')
param entraClientId string

@description('Client ids of the applications that may call the API. If empty, all applications of the tenant may.')
param entraAllowedApplications array

@description('Name of the storage account of the host.')
param hostStorageName string

@description('Container of deployment packages.')
param packageContainer string

@description('Blob endpoint of the data storage account.')
param dataBlobEndpoint string

@description('Table endpoint of the data storage account.')
param dataTableEndpoint string

@description('Host name of the Service Bus namespace.')
param serviceBusHost string

@description('Name of the Application Insights component.')
param appInsightsName string

@description('Name of the key vault.')
param keyVaultName string

@description('Name of the task hub: 3 to 45 letters and digits, starting with a letter.')
@minLength(3)
@maxLength(45)
param taskHubName string

@description('Endpoint of the Durable Task Scheduler; empty for the storage account of the host.')
param schedulerEndpoint string

@description('Retention of ended orchestrations in the task hub, in days after their start.')
@minValue(1)
param hubRetentionDays int

@description('Model provider.')
@allowed([
  'azure-openai'
  'openai'
  'offline'
])
param modelProvider string

@description('Endpoint of Azure OpenAI, or base URL of the OpenAI-compatible server.')
param modelEndpoint string

@description('Deployment of Azure OpenAI, or name of the model.')
param modelName string

@description('API version of Azure OpenAI.')
param modelApiVersion string

@description('Time limit of a model call, in seconds.')
@minValue(1)
@maxValue(1500)
param modelTimeoutSeconds int

@description('The OpenAI-compatible server requires a key, which is stored in the vault.')
param modelHasKey bool

@description('Log Analytics workspace for the logs of the platform.')
param workspaceId string

var isFlex = hostingPlan == 'FlexConsumption'
var isPremium = hostingPlan == 'ElasticPremium'
var isDedicated = hostingPlan == 'Dedicated'
var leastDedicated = max(alwaysReadyInstances, zoneRedundant ? 3 : 1)
var planSkus = {
  FlexConsumption: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  ElasticPremium: {
    name: 'EP1'
    tier: 'ElasticPremium'
    capacity: zoneRedundant ? 3 : 1
  }
  Dedicated: {
    name: 'P1v3'
    tier: 'PremiumV3'
    capacity: leastDedicated
  }
}

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName
}

resource appInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: appInsightsName
}

var packageUrl = '${hostStorage.properties.primaryEndpoints.blob}${packageContainer}'

var hostSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: hostStorage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: hostStorage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostStorage.properties.primaryEndpoints.table
  AZURE_SERVICEBUS_CONNECTION_STRING__fullyQualifiedNamespace: serviceBusHost
  AZURE_SERVICEBUS_CONNECTION_STRING__credential: 'managedidentity'
  AZURE_SERVICEBUS_CONNECTION_STRING__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: appInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  OTEL_SERVICE_NAME: name
  OTEL_TRACES_SAMPLER: 'microsoft.rate_limited'
  OTEL_TRACES_SAMPLER_ARG: string(tracesPerSecond)
  AZURE_CLIENT_ID: identityClientId
  AzureFunctionsJobHost__extensions__durableTask__hubName: taskHubName
  AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions: string(activityConcurrency)
}

// Another backend only changes where the task hub is stored; the code is the same.
var schedulerSettings = empty(schedulerEndpoint) ? {} : {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
}

var aosSettings = {
  AZURE_STORAGE_CONNECTION_STRING__blobServiceUri: dataBlobEndpoint
  AZURE_STORAGE_CONNECTION_STRING__tableServiceUri: dataTableEndpoint
  AOS_MODEL_PROVIDER: modelProvider
  AOS_MODEL_TIMEOUT_SECONDS: string(modelTimeoutSeconds)
  AOS_HUB_RETENTION_DAYS: string(hubRetentionDays)
  AOS_DOCUMENTS_FOLDER: 'samples/document-review'
  // The package is mounted read-only. Files written here are lost with the instance.
  AOS_REPORTS_FOLDER: '/tmp/aos/reports'
}

var azureOpenAiSettings = modelProvider == 'azure-openai' ? {
  AZURE_OPENAI_ENDPOINT: modelEndpoint
  AZURE_OPENAI_DEPLOYMENT: modelName
  AZURE_OPENAI_API_VERSION: modelApiVersion
} : {}

var openAiSettings = modelProvider == 'openai' ? {
  OPENAI_BASE_URL: modelEndpoint
  OPENAI_MODEL: modelName
} : {}

var keySettings = modelProvider == 'openai' && modelHasKey ? {
  OPENAI_API_KEY: '@Microsoft.KeyVault(VaultName=${keyVaultName};SecretName=openai-api-key)'
} : {}

// Flex Consumption configures these in functionAppConfig and rejects them here.
var planSettings = isFlex ? {} : {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'node'
  WEBSITE_RUN_FROM_PACKAGE: '${packageUrl}/aos.zip'
  WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identityId
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: isPremium ? 'elastic' : (isFlex ? 'functionapp' : 'linux')
  sku: planSkus[hostingPlan]
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
    maximumElasticWorkerCount: isPremium ? min(maximumInstanceCount, 100) : null
  }
}

// The other plans scale automatically.
resource scaling 'Microsoft.Insights/autoscaleSettings@2022-10-01' = if (isDedicated) {
  name: '${planName}-scaling'
  location: location
  tags: tags
  properties: {
    enabled: true
    targetResourceUri: plan.id
    profiles: [
      {
        name: 'by-processor'
        capacity: {
          minimum: string(leastDedicated)
          default: string(leastDedicated)
          maximum: string(max(leastDedicated, min(maximumInstanceCount, 30)))
        }
        rules: [
          {
            metricTrigger: {
              metricName: 'CpuPercentage'
              metricResourceUri: plan.id
              operator: 'GreaterThan'
              threshold: 70
              statistic: 'Average'
              timeAggregation: 'Average'
              timeGrain: 'PT1M'
              timeWindow: 'PT5M'
            }
            scaleAction: {
              direction: 'Increase'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT5M'
            }
          }
          {
            metricTrigger: {
              metricName: 'CpuPercentage'
              metricResourceUri: plan.id
              operator: 'LessThan'
              threshold: 30
              statistic: 'Average'
              timeAggregation: 'Average'
              timeGrain: 'PT1M'
              timeWindow: 'PT15M'
            }
            scaleAction: {
              direction: 'Decrease'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT15M'
            }
          }
        ]
      }
    ]
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, {
    'azd-service-name': 'api'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(appSubnetId) ? null : appSubnetId
    publicNetworkAccess: publicHttpAccess ? 'Enabled' : 'Disabled'
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      cors: {
        allowedOrigins: allowedOrigins
        supportCredentials: false
      }
      linuxFxVersion: isFlex ? null : 'Node|${nodeVersion}'
      alwaysOn: isDedicated ? true : null
      minimumElasticInstanceCount: isPremium ? max(alwaysReadyInstances, 1) : null
      functionAppScaleLimit: isPremium ? min(maximumInstanceCount, 100) : null
      functionsRuntimeScaleMonitoringEnabled: isPremium ? !empty(appSubnetId) : null
      healthCheckPath: isFlex ? null : '/api/health/live'
    }
    functionAppConfig: isFlex ? {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
          {
            name: 'durable'
            instanceCount: alwaysReadyInstances
          }
        ]
        triggers: {
          http: {
            perInstanceConcurrency: 16
          }
        }
      }
      siteUpdateStrategy: {
        type: 'RollingUpdate'
      }
    } : null
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(hostSettings, schedulerSettings, aosSettings, azureOpenAiSettings, openAiSettings, keySettings, planSettings)
  // The service rejects concurrent changes of one app.
  dependsOn: [
    ftpPolicy
  ]
}

// Callers present a token of the tenant in addition to the function key.
resource authSettings 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(entraClientId)) {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: [
        '/api/health/live'
      ]
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: entraClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [
            'api://${entraClientId}'
            entraClientId
          ]
          defaultAuthorizationPolicy: {
            allowedApplications: entraAllowedApplications
          }
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
  dependsOn: [
    appSettings
  ]
}

resource scmPolicy 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: {
    allow: false
  }
}

resource ftpPolicy 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'ftp'
  properties: {
    allow: false
  }
  dependsOn: [
    scmPolicy
  ]
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: site
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

@description('Resource id of the app.')
output id string = site.id

@description('Name of the app.')
output name string = site.name

@description('Base URL of the API.')
output uri string = 'https://${site.properties.defaultHostName}'

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of the Application Insights component.')
param appInsightsName string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

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
param retentionDays int

@description('Daily limit of log ingestion in GB; -1 for no limit.')
param dailyQuotaGb int

@description('Object id of the app\'s identity, which may send telemetry.')
param principalId string

@description('Email addresses that receive alerts.')
param alertEmails array

var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyQuotaGb
    }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource appInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: appInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
    RetentionInDays: retentionDays
  }
}

resource publisherRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: appInsights
  name: guid(appInsights.id, principalId, metricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-aos'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'aos'
    enabled: true
    emailReceivers: [for email in alertEmails: {
      name: email
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Resource id of the component.')
output appInsightsId string = appInsights.id

@description('Name of the component.')
output appInsightsName string = appInsights.name

@description('Resource id of the action group.')
output actionGroupId string = actionGroup.id

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Resource id of the Application Insights component.')
param appInsightsId string

@description('Resource id of the action group that receives alerts.')
param actionGroupId string

@description('Resource id of the app.')
param siteId string

@description('Base URL of the API; empty for a private API, which the web test cannot reach.')
param publicUri string

@description('Resource id of the Service Bus namespace.')
param serviceBusId string

@description('Resource ids of the storage accounts.')
param storageIds array

@description('Resource id of the key vault.')
param keyVaultId string

@description('Number of waiting messages that triggers the backlog alert.')
param backlogThreshold int

@description('Tokens per hour that trigger the token alert.')
param tokensPerHourThreshold int

var allEntities = [
  '*'
]
// AOS copies rejected requests to an ordinary queue, which the dead-letter metric does not count.
var rejectedQueues = [
  'agent-requests-deadletter'
]

var namespaceAlerts = [
  {
    name: 'rejected-requests'
    description: 'AOS rejected request messages. docs/how-to/replay-dead-letters.md describes how to read, correct and replay them.'
    metric: 'ActiveMessages'
    aggregation: 'Average'
    entities: rejectedQueues
    threshold: 0
    windowSize: 'PT5M'
    severity: 2
  }
  {
    name: 'dead-letters'
    description: 'Messages were dead-lettered after too many deliveries or expired. docs/how-to/replay-dead-letters.md describes how to replay them.'
    metric: 'DeadletteredMessages'
    entities: allEntities
    aggregation: 'Average'
    threshold: 0
    windowSize: 'PT5M'
    severity: 2
  }
  {
    name: 'backlog'
    description: 'Messages arrive faster than they are processed.'
    metric: 'ActiveMessages'
    aggregation: 'Average'
    entities: allEntities
    threshold: backlogThreshold
    windowSize: 'PT15M'
    severity: 3
  }
  {
    name: 'service-bus-errors'
    description: 'Service Bus returns server errors.'
    metric: 'ServerErrors'
    entities: allEntities
    aggregation: 'Total'
    threshold: 0
    windowSize: 'PT15M'
    severity: 2
  }
  {
    name: 'service-bus-throttled'
    description: 'Service Bus throttles requests. Use fewer instances or the Premium tier.'
    metric: 'ThrottledRequests'
    entities: allEntities
    aggregation: 'Total'
    threshold: 0
    windowSize: 'PT15M'
    severity: 3
  }
]

var logAlerts = [
  {
    name: 'failure-ratio'
    description: 'More than 5 % of the calls of a function fail.'
    query: loadTextContent('queries/failure-ratio.kql')
    aggregation: 'Count'
    column: null
    threshold: 0
    windowSize: 'PT15M'
    frequency: 'PT5M'
    severity: 1
  }
  {
    name: 'failed-orchestrations'
    description: 'Orchestrations failed.'
    query: loadTextContent('queries/failed-orchestrations.kql')
    aggregation: 'Count'
    column: null
    threshold: 0
    windowSize: 'PT15M'
    frequency: 'PT5M'
    severity: 2
  }
  {
    name: 'stuck-orchestrations'
    description: 'Orchestrations have been scheduled or running for longer than the function time-out.'
    query: loadTextContent('queries/stuck-orchestrations.kql')
    aggregation: 'Count'
    column: null
    threshold: 0
    windowSize: 'P1D'
    frequency: 'PT15M'
    severity: 2
  }
  {
    name: 'token-burn'
    description: 'Token usage exceeds the threshold per hour.'
    query: loadTextContent('queries/tokens.kql')
    aggregation: 'Total'
    column: 'tokens'
    threshold: tokensPerHourThreshold
    windowSize: 'PT1H'
    frequency: 'PT15M'
    severity: 2
  }
]

resource namespaceMetricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for alert in namespaceAlerts: {
  name: 'alert-${alert.name}'
  location: 'global'
  tags: tags
  properties: {
    description: alert.description
    severity: alert.severity
    enabled: true
    autoMitigate: true
    evaluationFrequency: 'PT5M'
    windowSize: alert.windowSize
    scopes: [
      serviceBusId
    ]
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: alert.name
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: alert.metric
          operator: 'GreaterThan'
          threshold: alert.threshold
          timeAggregation: alert.aggregation
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: alert.entities
            }
          ]
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}]

resource serverErrorAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-http-5xx'
  location: 'global'
  tags: tags
  properties: {
    description: 'The API returns server errors.'
    severity: 2
    enabled: true
    autoMitigate: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    scopes: [
      siteId
    ]
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'http-5xx'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'Http5xx'
          operator: 'GreaterThan'
          threshold: 5
          timeAggregation: 'Total'
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}

resource storageAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for (storageId, index) in storageIds: {
  name: 'alert-storage-availability-${index}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Storage is unavailable. Orchestrations wait until it is available.'
    severity: 1
    enabled: true
    autoMitigate: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    scopes: [
      storageId
    ]
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'availability'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Storage/storageAccounts'
          metricName: 'Availability'
          operator: 'LessThan'
          threshold: json('99.9')
          timeAggregation: 'Average'
        }
      ]
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}]

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2025-01-01-preview' = [for alert in logAlerts: {
  name: 'alert-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: alert.name
    description: alert.description
    severity: alert.severity
    enabled: true
    autoMitigate: true
    evaluationFrequency: alert.frequency
    windowSize: alert.windowSize
    scopes: [
      appInsightsId
    ]
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: alert.aggregation
          metricMeasureColumn: alert.column
          operator: 'GreaterThan'
          threshold: alert.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        actionGroupId
      ]
    }
  }
}]

resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = if (!empty(publicUri)) {
  name: 'test-health'
  location: location
  tags: union(tags, {
    'hidden-link:${appInsightsId}': 'Resource'
  })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'test-health'
    Name: 'health/live'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [
      {
        Id: 'emea-nl-ams-azr'
      }
      {
        Id: 'us-va-ash-azr'
      }
      {
        Id: 'apac-sg-sin-azr'
      }
    ]
    Request: {
      RequestUrl: '${publicUri}/api/health/live'
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource healthAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(publicUri)) {
  name: 'alert-health'
  location: 'global'
  tags: tags
  properties: {
    description: 'The API does not respond from two of three locations.'
    severity: 1
    enabled: true
    autoMitigate: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    scopes: [
      healthTest.id
      appInsightsId
    ]
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: healthTest.id
      componentId: appInsightsId
      failedLocationCount: 2
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}

resource vaultEvents 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-key-vault'
  location: location
  tags: tags
  properties: {
    source: keyVaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource secretExpiry 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: vaultEvents
  name: 'secret-expiry'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: [
        'Microsoft.KeyVault.SecretNearExpiry'
        'Microsoft.KeyVault.SecretExpired'
      ]
    }
    destination: {
      endpointType: 'MonitorAlert'
      properties: {
        severity: 'Sev2'
        description: 'A secret expires within 30 days or has expired. docs/how-to/rotate-secrets.md describes how to rotate it.'
        actionGroups: [
          actionGroupId
        ]
      }
    }
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'aos')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'AOS'
    category: 'workbook'
    sourceId: appInsightsId
    serializedData: replace(string(loadJsonContent('workbook.json')), '<component>', appInsightsId)
  }
}

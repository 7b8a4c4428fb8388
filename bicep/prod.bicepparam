using 'main.bicep'

// For production: zones, private endpoints, locks, an always-ready instance.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')
param environmentType = 'prod'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param costCenter = 'aos'
param hostingPlan = 'FlexConsumption'
param alwaysReadyInstances = 1
param maximumInstanceCount = 100
param zoneRedundant = true
param networkIsolation = true
param serviceBusSku = 'Premium'
param deleteLocks = true
param model = 'azure-openai-new'
param entraClientId = readEnvironmentVariable('AOS_ENTRA_CLIENT_ID', '')
// No default: alerts need a recipient.
var alertEmail = readEnvironmentVariable('AOS_ALERT_EMAIL')
param alertEmails = [
  alertEmail
]
param logRetentionDays = 90
param logDailyQuotaGb = -1
param budgetAmount = 1000
// A GitHub workflow passes an unset variable as an empty one.
var budgetStart = readEnvironmentVariable('AOS_BUDGET_START_DATE', '')
param budgetStartDate = empty(budgetStart) ? '2026-12-01' : budgetStart
param operatorPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param operatorPrincipalType = 'Group'

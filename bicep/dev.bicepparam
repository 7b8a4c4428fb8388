using 'main.bicep'

// For development: costs almost nothing when idle.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param environmentType = 'dev'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param costCenter = 'aos-dev'
param hostingPlan = 'FlexConsumption'
param alwaysReadyInstances = 0
param maximumInstanceCount = 40
param zoneRedundant = false
param networkIsolation = false
param serviceBusSku = 'Standard'
param deleteLocks = false
param logRetentionDays = 30
param logDailyQuotaGb = 1
param budgetAmount = 50
// A GitHub workflow passes an unset variable as an empty one.
var budgetStart = readEnvironmentVariable('AOS_BUDGET_START_DATE', '')
param budgetStartDate = empty(budgetStart) ? '2026-12-01' : budgetStart
param operatorPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')

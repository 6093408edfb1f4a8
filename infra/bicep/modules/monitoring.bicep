metadata description = 'Log Analytics and Application Insights. Metrics are accepted only with a token of an identity.'

param location string
param prefix string
param tags object

@minValue(30)
@maxValue(730)
param retentionDays int

@description('The identities that may send telemetry.')
param identityNames string[]

@description('Monitoring Metrics Publisher')
var publisherRole = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: '${prefix}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${prefix}-insights'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = [
  for name in identityNames: {
    name: name
  }
]

resource publishers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in identityNames: {
    scope: insights
    name: guid(insights.id, name, publisherRole)
    properties: {
      principalId: identities[i].properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', publisherRole)
    }
  }
]

output workspaceId string = workspace.id
output insightsId string = insights.id

@description('It names the resource and is no credential: local authentication is off.')
output connectionString string = insights.properties.ConnectionString

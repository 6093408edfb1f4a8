metadata description = 'The HTTP head as a Function App on Flex Consumption, behind a private endpoint.'

param location string
param name string
param tags object
param subnetId string
param identity { id: string, clientId: string }
param storageName string
param packagesUrl string
param insightsConnectionString string

@description('The settings of docs/settings.md that are no secrets.')
param settings object

@description('The name of each secret setting, with the name of its value in the vault.')
param references object

param vaultName string

@description('Instances that are always running. 0: the app scales to zero.')
@minValue(0)
@maxValue(20)
param alwaysReady int

@minValue(1)
@maxValue(1000)
param maximumInstances int

param instanceMemoryMb 512 | 2048 | 4096
param zoneRedundant bool

@description('Settings that the Functions host reads. Each names an identity and no key.')
var hostSettings = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identity.clientId}'
}

var vaultSettings = mapValues(references, secret => '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secret})')

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Disabled'
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identity.id
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'http', instanceCount: alwaysReady }]
        instanceMemoryMB: instanceMemoryMb
        maximumInstanceCount: maximumInstances
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(hostSettings, settings, vaultSettings)
  }

  resource noFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output id string = app.id
output url string = 'https://${app.properties.defaultHostName}'

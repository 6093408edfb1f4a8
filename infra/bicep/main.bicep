metadata description = 'The control plane in Azure: HTTP head, worker, databases, vault, network, gateway, alerts.'

import { database, gateway, head, keycloak, novu, objectStore, operators, registry, temporal, worker } from 'types.bicep'

param location string = resourceGroup().location

@description('The beginning of every name: lower-case letters and digits.')
@minLength(3)
@maxLength(10)
param prefix string

param tags object = {}

@description('The process that serves HTTP: the Function App, or the native process on Container Apps.')
param httpHead 'functions' | 'server' = 'functions'

@description('False for the first deployment: the processes need secrets in the vault and roles in the database.')
param deployProcesses bool = true

@description('Spread over availability zones.')
param zoneRedundant bool

param addressPrefix string = '10.20.0.0/16'

@description('A UUID in the mark of every object that the worker makes. Never change it.')
@minLength(36)
@maxLength(36)
param installationId string

@description('The address at which customers reach the gateway; empty: the gateway\'s own name.')
param publicBaseUrl string = ''

@description('A public DNS zone with a record for the gateway; null: none.')
param publicZone { name: string, record: string }?

@description('The header in which the gateway tells the head the caller\'s address.')
param clientAddressHeader string = 'X-Client-Address'

@description('Sign-ups of one address in a minute.')
param leadsRateLimit int = 10

@description('Origins whose pages may call the sign-up routes (CORS_ORIGINS), as browsers send them; none by default.')
param signUpOrigins string[] = []

@description('True: the heads count in a shared Redis; its address is the secret redis-url.')
param sharedRateLimits bool = false

param logRetentionDays int
param alertEmail string
param temporalCluster temporal
param keycloakServer keycloak
param operatorRealm operators

@description('Null: no mail is sent.')
param mails novu?

@description('Null: tenants get no bucket.')
param store objectStore?

param images registry
param databaseServer database
param headScale head
param workerScale worker
param gatewayService gateway

var unique = uniqueString(resourceGroup().id, prefix)
var vaultName = '${prefix}-${unique}'
var httpIdentity = '${prefix}-http'
var workerIdentity = '${prefix}-worker'
var isFunctions = httpHead == 'functions'
var isServer = httpHead == 'server'

// ---- settings: names of docs/settings.md -------------------------------------------------------------------------
var common = {
  DB_AUTH: 'entra'
  DB_HOST: postgres.outputs.host
  DB_PORT: '5432'
  DB_DATABASE: postgres.outputs.controlDatabase
  TEMPORAL_ADDRESS: temporalCluster.address
  TEMPORAL_NAMESPACE: temporalCluster.namespace
  TEMPORAL_TASK_QUEUE: temporalCluster.taskQueue
  TEMPORAL_CLOUD_ENABLED: temporalCluster.authentication == 'none' ? 'false' : 'true'
}

// The pages link to the workspace, as the welcome mail does.
var pageSettings = mails == null ? {} : { APP_PLANE_BASE_URL: mails!.appPlaneUrl }

var originSettings = empty(signUpOrigins) ? {} : { CORS_ORIGINS: join(signUpOrigins, ' ') }

var httpSettings = union(common, pageSettings, originSettings, {
  DB_USER: httpIdentity
  AZURE_CLIENT_ID: identities.outputs.http.clientId
  OPERATOR_ISSUER: operatorRealm.issuer
  OPERATOR_AUDIENCE: operatorRealm.audience
  OPERATOR_ROLE: operatorRealm.role
  LEAD_TOKEN_DELIVERY: 'email'
  LEADS_RATE_LIMIT: string(leadsRateLimit)
  CLIENT_ADDRESS_HEADER: clientAddressHeader
})

var mailSettings = mails == null
  ? { NOVU_ENABLED: 'false' }
  : {
      NOVU_BACKEND_URL: mails!.backendUrl
      NOVU_SUPPORT_EMAIL: mails!.supportEmail
      APP_PLANE_BASE_URL: mails!.appPlaneUrl
      PUBLIC_BASE_URL: baseUrl
    }

var storeSettings = store == null
  ? { S3_ENABLED: 'false' }
  : union({ AWS_REGION: store!.region }, store!.endpoint == '' ? {} : { S3_ENDPOINT: store!.endpoint })

var tenantsServer = 'postgres://${workerIdentity}@${postgres.outputs.host}:5432'

// The Functions app has its own, beside the other settings of its host.
var metricSettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD'
}

var workerSettings = union(
  common,
  metricSettings,
  {
    DB_USER: workerIdentity
    AZURE_CLIENT_ID: identities.outputs.worker.clientId
    TENANT_DATABASE_URL: '${tenantsServer}/${postgres.outputs.tenantsDatabase}'
    INSTALLATION_ID: installationId
    // The image has no terraform: docs/infrastructure-modules.md.
    TERRAFORM_ENABLED: 'false'
    KEYCLOAK_URL: keycloakServer.url
    KEYCLOAK_REALM: keycloakServer.realm
    KEYCLOAK_ADMIN_CLIENT_ID: keycloakServer.clientId
    OPERATOR_ISSUER: operatorRealm.issuer
    OPERATOR_AUDIENCE: operatorRealm.audience
    OPERATOR_ROLE: operatorRealm.role
  },
  mailSettings,
  storeSettings
)

// ---- secrets: the setting, and the name of its value in the vault --------------------------------------------------
var temporalSecrets = temporalCluster.authentication == 'apiKey'
  ? { TEMPORAL_API_KEY: 'temporal-api-key' }
  : temporalCluster.authentication == 'certificate'
      ? {
          TEMPORAL_TLS_CLIENT_CERT_DATA: 'temporal-client-certificate'
          TEMPORAL_TLS_CLIENT_KEY_DATA: 'temporal-client-key'
        }
      : {}

var httpSecrets = union(
  { JWT_SECRET: 'jwt-secret', TOKEN_KEYS: 'token-keys', PAYLOAD_KEYS: 'payload-keys' },
  sharedRateLimits ? { REDIS_URL: 'redis-url' } : {},
  temporalSecrets
)

var workerSecrets = union(
  {
    PAYLOAD_KEYS: 'payload-keys'
    INVITATION_PRIVATE_KEY: 'invitation-private-key'
    KEYCLOAK_ADMIN_CLIENT_SECRET: 'keycloak-client-secret'
  },
  mails == null ? {} : { NOVU_API_KEY: 'novu-api-key', TOKEN_KEYS: 'token-keys' },
  store == null ? {} : { AWS_ACCESS_KEY_ID: 'store-access-key', AWS_SECRET_ACCESS_KEY: 'store-secret-key' },
  temporalSecrets
)

// ---- foundation ----------------------------------------------------------------------------------------------------
var zones = {
  postgres: 'privatelink.postgres.database.azure.com'
  vault: 'privatelink.vaultcore.azure.net'
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  sites: 'privatelink.azurewebsites.net'
}

module network 'modules/network.bicep' = {
  params: {
    location: location
    name: '${prefix}-network'
    tags: tags
    addressPrefix: addressPrefix
    zoneNames: map(items(zones), zone => zone.value)
  }
}

module identities 'modules/identities.bicep' = {
  params: { location: location, tags: tags, httpName: httpIdentity, workerName: workerIdentity }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    prefix: prefix
    tags: tags
    retentionDays: logRetentionDays
    identityNames: [httpIdentity, workerIdentity]
  }
  dependsOn: [identities]
}

module vault 'modules/vault.bicep' = {
  params: {
    location: location
    name: vaultName
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module postgres 'modules/database.bicep' = {
  params: {
    location: location
    name: '${prefix}-${unique}'
    tags: tags
    administrator: databaseServer.administrator
    sku: databaseServer.sku
    storageGb: databaseServer.storageGb
    backupDays: databaseServer.backupDays
    highAvailability: databaseServer.highAvailability
    geoRedundantBackup: databaseServer.geoRedundantBackup
  }
}

module storage 'modules/storage.bicep' = if (isFunctions) {
  params: {
    location: location
    name: take('${prefix}${unique}', 24)
    tags: tags
    skuName: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    identityName: httpIdentity
  }
  dependsOn: [identities]
}

module vaultEndpoint 'modules/endpoint.bicep' = {
  params: {
    location: location
    name: '${prefix}-vault'
    tags: tags
    subnetId: network.outputs.endpointsSubnetId
    zoneId: network.outputs.zoneIds[zones.vault]
    targetId: vault.outputs.id
    groupId: 'vault'
  }
}

module postgresEndpoint 'modules/endpoint.bicep' = {
  params: {
    location: location
    name: '${prefix}-postgres'
    tags: tags
    subnetId: network.outputs.endpointsSubnetId
    zoneId: network.outputs.zoneIds[zones.postgres]
    targetId: postgres.outputs.id
    groupId: 'postgresqlServer'
  }
}

module storageEndpoint 'modules/endpoint.bicep' = if (isFunctions) {
  params: {
    location: location
    name: '${prefix}-blob'
    tags: tags
    subnetId: network.outputs.endpointsSubnetId
    zoneId: network.outputs.zoneIds[zones.blob]
    targetId: storage!.outputs.id
    groupId: 'blob'
  }
}

module containers 'modules/environment.bicep' = {
  params: {
    location: location
    name: '${prefix}-containers'
    tags: tags
    subnetId: network.outputs.containersSubnetId
    networkId: network.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    zoneRedundant: zoneRedundant
  }
}

module alerts 'modules/alerts.bicep' = {
  params: {
    location: location
    prefix: prefix
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
  }
}

// ---- rights of the processes ---------------------------------------------------------------------------------------
module httpReader 'modules/secretReaders.bicep' = if (deployProcesses) {
  params: {
    vaultName: vaultName
    identityName: httpIdentity
    secretNames: map(items(httpSecrets), secret => secret.value)
  }
  dependsOn: [identities, vault]
}

module workerReader 'modules/secretReaders.bicep' = if (deployProcesses) {
  params: {
    vaultName: vaultName
    identityName: workerIdentity
    secretNames: map(items(workerSecrets), secret => secret.value)
  }
  dependsOn: [identities, vault]
}

module workerPuller 'modules/imagePuller.bicep' = if (deployProcesses) {
  scope: resourceGroup(images.resourceGroup)
  params: { registryName: images.name, identityName: workerIdentity, identityGroup: resourceGroup().name }
  dependsOn: [identities]
}

module serverPuller 'modules/imagePuller.bicep' = if (deployProcesses && isServer) {
  scope: resourceGroup(images.resourceGroup)
  params: { registryName: images.name, identityName: httpIdentity, identityGroup: resourceGroup().name }
  dependsOn: [identities]
}

// ---- processes -----------------------------------------------------------------------------------------------------
var vaultUri = 'https://${vaultName}${environment().suffixes.keyvaultDns}/'

module functionApp 'modules/functions.bicep' = if (deployProcesses && isFunctions) {
  params: {
    location: location
    name: '${prefix}-${unique}'
    tags: tags
    subnetId: network.outputs.functionsSubnetId
    identity: identities.outputs.http
    storageName: storage!.outputs.name
    packagesUrl: storage!.outputs.packagesUrl
    insightsConnectionString: monitoring.outputs.connectionString
    settings: httpSettings
    references: httpSecrets
    vaultName: vaultName
    alwaysReady: headScale.alwaysReady
    maximumInstances: headScale.maximumInstances
    instanceMemoryMb: headScale.instanceMemoryMb
    zoneRedundant: zoneRedundant
  }
  dependsOn: [httpReader, vaultEndpoint, storageEndpoint, postgresEndpoint]
}

module functionsEndpoint 'modules/endpoint.bicep' = if (deployProcesses && isFunctions) {
  params: {
    location: location
    name: '${prefix}-functions'
    tags: tags
    subnetId: network.outputs.endpointsSubnetId
    zoneId: network.outputs.zoneIds[zones.sites]
    targetId: functionApp!.outputs.id
    groupId: 'sites'
  }
}

module server 'modules/server.bicep' = if (deployProcesses && isServer) {
  params: {
    location: location
    name: '${prefix}-server'
    tags: tags
    environmentId: containers.outputs.id
    identityId: identities.outputs.http.id
    registryServer: serverPuller!.outputs.server
    image: '${serverPuller!.outputs.server}/${images.serverImage}'
    settings: union(httpSettings, metricSettings)
    references: httpSecrets
    vaultUri: vaultUri
    gatewayPrefix: network.outputs.gatewayPrefix
    minReplicas: headScale.alwaysReady
    maxReplicas: headScale.maximumInstances
  }
  dependsOn: [httpReader, vaultEndpoint, postgresEndpoint]
}

module apiGateway 'modules/gateway.bicep' = if (deployProcesses) {
  params: {
    location: location
    name: '${prefix}-${unique}'
    tags: tags
    sku: gatewayService.sku
    publisherEmail: gatewayService.publisherEmail
    subnetId: network.outputs.gatewaySubnetId
    workspaceId: monitoring.outputs.workspaceId
    backendUrl: isFunctions ? functionApp!.outputs.url : server!.outputs.url
    clientAddressHeader: clientAddressHeader
    callsPerMinute: gatewayService.callsPerMinute
    passesPreflights: !empty(signUpOrigins)
    operatorIssuer: operatorRealm.issuer
    operatorAudience: operatorRealm.audience
  }
}

var baseUrl = publicBaseUrl == '' ? apiGateway!.outputs.url : publicBaseUrl

module publicName 'modules/publicZone.bicep' = if (deployProcesses && publicZone != null) {
  params: {
    zoneName: publicZone!.name
    recordName: publicZone!.record
    gatewayHost: replace(apiGateway!.outputs.url, 'https://', '')
    tags: tags
  }
}

module workerApp 'modules/worker.bicep' = if (deployProcesses) {
  params: {
    location: location
    name: '${prefix}-worker'
    tags: tags
    environmentId: containers.outputs.id
    identityId: identities.outputs.worker.id
    registryServer: workerPuller!.outputs.server
    image: '${workerPuller!.outputs.server}/${images.workerImage}'
    settings: workerSettings
    references: workerSecrets
    vaultUri: vaultUri
    minReplicas: workerScale.minReplicas
    maxReplicas: workerScale.maxReplicas
    backlogPerReplica: workerScale.backlogPerReplica
    cpu: workerScale.cpu
    memory: workerScale.memory
    gracePeriodSeconds: 90
  }
  dependsOn: [workerReader, vaultEndpoint, postgresEndpoint]
}

output vaultName string = vaultName
output databaseHost string = postgres.outputs.host
output httpIdentity string = httpIdentity
output workerIdentity string = workerIdentity
output publicUrl string = deployProcesses ? baseUrl : ''

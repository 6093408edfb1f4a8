using 'main.bicep'

// The variant that the shipped parameter files do not have: the native head, a Temporal cluster of one's own without
// TLS, an object store of one's own, no mails, a sign-up page elsewhere.
param prefix = 'arcsaas'
param httpHead = 'server'
param zoneRedundant = false
param signUpOrigins = ['https://www.example.com', 'https://shop.example.com']
param installationId = '00000000-0000-4000-8000-000000000004'
param logRetentionDays = 30
param alertEmail = 'operators@example.com'

param temporalCluster = {
  address: 'temporal.internal:7233'
  namespace: 'arc-saas'
  taskQueue: 'tenant-provisioning'
  authentication: 'none'
}

param keycloakServer = {
  url: 'https://login.example.com'
  realm: 'master'
  clientId: 'arc-saas-worker'
}

param operatorRealm = {
  issuer: 'https://login.example.com/realms/platform'
  audience: 'control-plane'
  role: 'operator'
}

param store = {
  endpoint: 'https://minio.example.com'
  region: 'us-east-1'
}

param images = {
  name: 'examplearcsaas'
  resourceGroup: 'registry'
  workerImage: 'arc-saas-worker:latest'
  serverImage: 'arc-saas-server:latest'
}

param databaseServer = {
  administrator: { objectId: '00000000-0000-4000-8000-000000000002', name: 'database-operators', type: 'Group' }
  sku: { name: 'Standard_B2s', tier: 'Burstable' }
  storageGb: 32
  backupDays: 7
  highAvailability: false
  geoRedundantBackup: false
}

param headScale = { alwaysReady: 0, maximumInstances: 10, instanceMemoryMb: 512 }
param workerScale = { minReplicas: 1, maxReplicas: 4, backlogPerReplica: 20, cpu: '0.5', memory: '1Gi' }

param gatewayService = {
  sku: { name: 'StandardV2', capacity: 1 }
  publisherEmail: 'operators@example.com'
  callsPerMinute: 120
}

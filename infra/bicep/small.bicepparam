using 'main.bicep'

// For trials and small installations: the Function App scales to zero, nothing is redundant. The values of example.com
// are to be replaced.
param prefix = 'arcsaas'
param httpHead = 'functions'
param zoneRedundant = false
param installationId = '00000000-0000-4000-8000-000000000001'
param logRetentionDays = 30
param alertEmail = 'operators@example.com'

param temporalCluster = {
  address: 'arc-saas.a1b2c.tmprl.cloud:7233'
  namespace: 'arc-saas.a1b2c'
  taskQueue: 'tenant-provisioning'
  authentication: 'apiKey'
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

param mails = {
  backendUrl: 'https://api.novu.co'
  supportEmail: 'support@example.com'
  appPlaneUrl: 'https://{tenant}.app.example.com'
}

param store = {
  endpoint: 'https://0123456789abcdef.r2.cloudflarestorage.com'
  region: 'auto'
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

param headScale = { alwaysReady: 0, maximumInstances: 40, instanceMemoryMb: 512 }
param workerScale = { minReplicas: 1, maxReplicas: 1, backlogPerReplica: 0, cpu: '0.5', memory: '1Gi' }

param gatewayService = {
  sku: { name: 'StandardV2', capacity: 1 }
  publisherEmail: 'operators@example.com'
  callsPerMinute: 120
}

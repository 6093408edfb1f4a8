using 'main.bicep'

// For production: over availability zones, with instances that are always running and a worker that scales by its
// backlog. The values of example.com are to be replaced.
param prefix = 'arcsaas'
param httpHead = 'functions'
param zoneRedundant = true
param installationId = '00000000-0000-4000-8000-000000000003'
param publicBaseUrl = 'https://api.example.com'
param publicZone = { name: 'example.com', record: 'api' }
param sharedRateLimits = true
param logRetentionDays = 90
param alertEmail = 'operators@example.com'

param temporalCluster = {
  address: 'arc-saas.a1b2c.tmprl.cloud:7233'
  namespace: 'arc-saas.a1b2c'
  taskQueue: 'tenant-provisioning'
  authentication: 'certificate'
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
  endpoint: ''
  region: 'eu-central-1'
}

param images = {
  name: 'examplearcsaas'
  resourceGroup: 'registry'
  workerImage: 'arc-saas-worker:1.0.0'
  serverImage: 'arc-saas-server:1.0.0'
}

param databaseServer = {
  administrator: { objectId: '00000000-0000-4000-8000-000000000002', name: 'database-operators', type: 'Group' }
  sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' }
  storageGb: 128
  backupDays: 35
  highAvailability: true
  geoRedundantBackup: true
}

param headScale = { alwaysReady: 2, maximumInstances: 200, instanceMemoryMb: 2048 }
param workerScale = { minReplicas: 2, maxReplicas: 6, backlogPerReplica: 20, cpu: '1', memory: '2Gi' }

param gatewayService = {
  sku: { name: 'StandardV2', capacity: 2 }
  publisherEmail: 'operators@example.com'
  callsPerMinute: 300
}

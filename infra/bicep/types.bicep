metadata description = 'The types of the parameters of main.bicep. None holds a secret.'

@export()
type temporal = {
  @description('host:port of Temporal Cloud or of one\'s own cluster.')
  address: string
  namespace: string
  taskQueue: string
  @description('apiKey, certificate: Temporal Cloud or another cluster with TLS. none: a cluster in this network.')
  authentication: 'apiKey' | 'certificate' | 'none'
}

@export()
type keycloak = {
  url: string
  realm: string
  @description('The account that `Worker setup` makes.')
  clientId: string
}

@export()
type operators = {
  @description('iss of operators\' tokens. The gateway and the head read its discovery document.')
  issuer: string
  audience: string
  role: string
}

@export()
type novu = {
  backendUrl: string
  supportEmail: string
  @description('The address of a tenant\'s application, with {tenant} for its key.')
  appPlaneUrl: string
}

@export()
type objectStore = {
  @description('MinIO, Cloudflare R2 or another store; empty: AWS.')
  endpoint: string
  region: string
}

@export()
type registry = {
  name: string
  resourceGroup: string
  @description('The image of the worker, such as arc-saas-worker:1.2.0.')
  workerImage: string
  @description('The image of the HTTP head; used with httpHead server.')
  serverImage: string
}

@export()
type database = {
  administrator: { objectId: string, name: string, type: 'Group' | 'ServicePrincipal' | 'User' }
  sku: { name: string, tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized' }
  storageGb: int
  backupDays: int
  highAvailability: bool
  geoRedundantBackup: bool
}

@export()
type head = {
  @description('Instances that are always running; 0: scale to zero.')
  alwaysReady: int
  maximumInstances: int
  instanceMemoryMb: 512 | 2048 | 4096
}

@export()
type worker = {
  minReplicas: int
  maxReplicas: int
  @description('Tasks in the backlog for each replica; 0: no scaling by backlog.')
  backlogPerReplica: int
  cpu: string
  memory: string
}

@export()
type gateway = {
  sku: { name: 'StandardV2' | 'PremiumV2', capacity: int }
  publisherEmail: string
  callsPerMinute: int
}

metadata description = 'The worker on Container Apps, and a job that runs its commands inside the network.'

param location string
param name string
param tags object
param environmentId string
param identityId string
param registryServer string
param image string

@description('The settings of docs/settings.md that are no secrets.')
param settings object

@description('The name of each secret setting, with the name of its value in the vault.')
param references object

@description('The vault\'s address, with a slash at the end.')
param vaultUri string

@minValue(1)
param minReplicas int

@minValue(1)
param maxReplicas int

@description('The backlog of tasks for each replica from which the worker is scaled out. 0: it is not scaled.')
@minValue(0)
param backlogPerReplica int

param cpu string
param memory string

@description('The time from SIGTERM to SIGKILL. Longer than the host\'s own limit and than the longest call.')
@minValue(90)
@maxValue(600)
param gracePeriodSeconds int

var healthPort = 8081

var secretList = [
  for secret in items(references): {
    name: secret.value
    keyVaultUrl: '${vaultUri}secrets/${secret.value}'
    identity: identityId
  }
]

var plain = [for setting in items(settings): { name: setting.key, value: setting.value }]
var referenced = [for secret in items(references): { name: secret.key, secretRef: secret.value }]

// The scaler authenticates as the worker does: with an API key, with a certificate, or not at all.
var scalerKeys = {
  TEMPORAL_API_KEY: 'apiKey'
  TEMPORAL_TLS_CLIENT_CERT_DATA: 'cert'
  TEMPORAL_TLS_CLIENT_KEY_DATA: 'key'
}
var scalerAuth = map(filter(items(references), secret => contains(scalerKeys, secret.key)), secret => {
  secretRef: secret.value
  triggerParameter: scalerKeys[secret.key]
})

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registryServer, identity: identityId }]
      secrets: secretList
    }
    template: {
      terminationGracePeriodSeconds: gracePeriodSeconds
      containers: [
        {
          name: 'worker'
          image: image
          resources: { cpu: json(cpu), memory: memory }
          env: concat(plain, referenced, [{ name: 'HEALTH_PORT', value: string(healthPort) }])
          probes: [
            {
              type: 'Liveness'
              httpGet: { path: '/health/live', port: healthPort }
              initialDelaySeconds: 10
              periodSeconds: 10
              failureThreshold: 6
            }
            {
              type: 'Readiness'
              httpGet: { path: '/health/ready', port: healthPort }
              initialDelaySeconds: 5
              periodSeconds: 10
              failureThreshold: 48
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: max(minReplicas, maxReplicas)
        rules: backlogPerReplica == 0
          ? []
          : [
              {
                name: 'temporal-backlog'
                custom: {
                  type: 'temporal'
                  metadata: {
                    endpoint: settings.TEMPORAL_ADDRESS
                    namespace: settings.TEMPORAL_NAMESPACE
                    taskQueue: settings.TEMPORAL_TASK_QUEUE
                    targetQueueSize: string(backlogPerReplica)
                    queueTypes: 'workflow,activity'
                  }
                  auth: scalerAuth
                }
              }
            ]
      }
    }
  }
}

resource commands 'Microsoft.App/jobs@2025-07-01' = {
  name: '${name}-commands'
  location: location
  tags: tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Manual'
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      replicaRetryLimit: 0
      replicaTimeout: 1800
      registries: [{ server: registryServer, identity: identityId }]
      secrets: secretList
    }
    template: {
      containers: [
        {
          name: 'worker'
          image: image
          args: ['doctor']
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: concat(plain, referenced)
        }
      ]
    }
  }
}

metadata description = 'The HTTP head as a process of its own on Container Apps. Only the gateway\'s subnet reaches it.'

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

@description('The addresses of the gateway\'s subnet.')
param gatewayPrefix string

@description('0: the app scales to zero.')
@minValue(0)
param minReplicas int

@minValue(1)
param maxReplicas int

var port = 8080
var own = { HOST: '0.0.0.0', PORT: string(port) }
var plain = [for setting in items(union(settings, own)): { name: setting.key, value: setting.value }]
var referenced = [for secret in items(references): { name: secret.key, secretRef: secret.value }]

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
      // External means the virtual network here: the environment has no public address.
      ingress: {
        external: true
        allowInsecure: false
        targetPort: port
        transport: 'auto'
        ipSecurityRestrictions: [{ name: 'gateway', action: 'Allow', ipAddressRange: gatewayPrefix }]
      }
      registries: [{ server: registryServer, identity: identityId }]
      secrets: [
        for secret in items(references): {
          name: secret.value
          keyVaultUrl: '${vaultUri}secrets/${secret.value}'
          identity: identityId
        }
      ]
    }
    template: {
      terminationGracePeriodSeconds: 30
      containers: [
        {
          name: 'server'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: concat(plain, referenced)
          probes: [
            { type: 'Startup', httpGet: { path: '/health/live', port: port }, periodSeconds: 1, failureThreshold: 30 }
            { type: 'Liveness', httpGet: { path: '/health/live', port: port }, periodSeconds: 10 }
            { type: 'Readiness', httpGet: { path: '/health/ready', port: port }, periodSeconds: 10 }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: max(minReplicas, maxReplicas)
        rules: [{ name: 'http', http: { metadata: { concurrentRequests: '100' } } }]
      }
    }
  }
}

output url string = 'https://${app.properties.configuration.ingress.fqdn}'

metadata description = 'API Management, the only public address: routes, limits, tokens, the client address.'

param location string
param name string
param tags object
param sku { name: 'StandardV2' | 'PremiumV2', capacity: int }
param publisherEmail string
param subnetId string
param workspaceId string

@description('The address of the HTTP head in the virtual network.')
param backendUrl string

@description('The header that carries the caller\'s address to the head (CLIENT_ADDRESS_HEADER).')
param clientAddressHeader string

@description('Calls of one address in a minute, over all routes.')
param callsPerMinute int

@description('The head answers preflight requests of other origins; it alone knows the origins.')
param passesPreflights bool

param operatorIssuer string
param operatorAudience string

@description('The operations that operators, and for connections applications, call, by operationId.')
var operatorOperations = [
  'CancelProvisioning'
  'FindConnection'
  'GetConnection'
  'GetTenant'
  'ListAudit'
  'ListResources'
  'ListTenants'
  'ReadResidue'
  'ReleaseTenant'
  'RenewInvitation'
  'RollbackProvisioning'
  'StartProvisioning'
]

@description('The pages that mails link to, and the document. They are not in the OpenAPI document.')
var pages = [
  { name: 'page-verify', method: 'GET', path: '/verify' }
  { name: 'page-invitations', method: 'GET', path: '/invitations' }
  { name: 'page-files', method: 'GET', path: '/pages/*' }
  { name: 'openapi-document', method: 'GET', path: '/openapi/v1.json' }
]

@description('Without an operation of this method the gateway refuses a preflight request.')
var preflights = passesPreflights ? [{ name: 'preflight', method: 'OPTIONS', path: '/*' }] : []

var values = {
  'client-address-header': clientAddressHeader
  'calls-per-minute': string(callsPerMinute)
  'operator-issuer': operatorIssuer
  'operator-audience': operatorAudience
}

resource gateway 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: location
  tags: tags
  sku: sku
  identity: { type: 'SystemAssigned' }
  properties: {
    publisherEmail: publisherEmail
    publisherName: name
    virtualNetworkType: 'External'
    virtualNetworkConfiguration: { subnetResourceId: subnetId }
    developerPortalStatus: 'Disabled'
    legacyPortalStatus: 'Disabled'
  }
}

resource named 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [
  for value in items(values): {
    parent: gateway
    name: value.key
    properties: { displayName: value.key, value: value.value, secret: false }
  }
]

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: gateway
  name: 'control-plane'
  properties: {
    displayName: 'Control plane'
    path: ''
    protocols: ['https']
    subscriptionRequired: false
    serviceUrl: backendUrl
    format: 'openapi+json'
    value: loadTextContent('../../../src/Api/openapi.json')
  }
}

@batchSize(1)
resource pageOperations 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [
  for page in concat(pages, preflights): {
    parent: api
    name: page.name
    properties: { displayName: page.name, method: page.method, urlTemplate: page.path }
  }
]

resource apiPolicy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: api
  name: 'policy'
  properties: { format: 'rawxml', value: loadTextContent('../policies/api.xml') }
  dependsOn: [named, pageOperations]
}

// The import names an operation by its operationId in lower case.
resource operations 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' existing = [
  for operation in operatorOperations: {
    parent: api
    name: toLower(operation)
  }
]

@batchSize(1)
resource operatorPolicies 'Microsoft.ApiManagement/service/apis/operations/policies@2024-05-01' = [
  for (operation, i) in operatorOperations: {
    parent: operations[i]
    name: 'policy'
    properties: { format: 'rawxml', value: loadTextContent('../policies/operator.xml') }
    dependsOn: [apiPolicy]
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: gateway
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'GatewayLogs', enabled: true }]
  }
}

output url string = gateway.properties.gatewayUrl

metadata description = 'The virtual network: one subnet for each purpose, and the private DNS zones of its endpoints.'

param location string
param name string
param tags object

@description('The address space, a /16. The subnets are cut from it.')
param addressPrefix string

@description('The names of the private DNS zones.')
param zoneNames string[]

resource gatewayRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: '${name}-gateway'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'deny-inbound'
        properties: {
          description: 'The subnet carries only the calls of the gateway to the HTTP head.'
          access: 'Deny'
          direction: 'Inbound'
          priority: 4096
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 0)
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
      {
        // Flex Consumption delegates to Container Apps' own type.
        name: 'functions'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 1)
          delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'gateway'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 2)
          delegations: [{ name: 'gateway', properties: { serviceName: 'Microsoft.Web/serverFarms' } }]
          networkSecurityGroup: { id: gatewayRules.id }
        }
      }
      {
        name: 'containers'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 23, 2)
          delegations: [{ name: 'containers', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
    ]
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zoneNames: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, i) in zoneNames: {
    parent: zones[i]
    name: name
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

output id string = network.id
output endpointsSubnetId string = network.properties.subnets[0].id
output functionsSubnetId string = network.properties.subnets[1].id
output gatewaySubnetId string = network.properties.subnets[2].id
output gatewayPrefix string = cidrSubnet(addressPrefix, 24, 2)
output containersSubnetId string = network.properties.subnets[3].id
output zoneIds object = toObject(zoneNames, zone => zone, zone => resourceId('Microsoft.Network/privateDnsZones', zone))

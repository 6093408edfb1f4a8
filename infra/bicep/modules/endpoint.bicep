metadata description = 'A private endpoint with its records in a private DNS zone.'

param location string
param name string
param tags object
param subnetId string
param zoneId string

@description('The resource that is reached through the endpoint.')
param targetId string

@description('The part of the resource, such as blob, vault, postgresqlServer or sites.')
param groupId string

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: groupId, properties: { privateLinkServiceId: targetId, groupIds: [groupId] } }
    ]
  }
}

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
  parent: endpoint
  name: 'default'
  properties: { privateDnsZoneConfigs: [{ name: groupId, properties: { privateDnsZoneId: zoneId } }] }
}

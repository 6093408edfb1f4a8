metadata description = 'The public DNS zone and the gateway\'s name in it.'

param zoneName string
param recordName string
param gatewayHost string
param tags object

resource zone 'Microsoft.Network/dnsZones@2018-05-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource record 'CNAME' = {
    name: recordName
    properties: { TTL: 3600, CNAMERecord: { cname: gatewayHost } }
  }
}

output nameServers string[] = zone.properties.nameServers

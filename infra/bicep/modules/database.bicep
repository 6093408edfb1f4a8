metadata description = 'PostgreSQL with the control tables and the tenants\' schemas. Sign-in by Microsoft Entra only.'

param location string
param name string
param tags object

@description('The Entra principal that administers the server and creates the roles of the processes.')
param administrator { objectId: string, name: string, type: 'Group' | 'ServicePrincipal' | 'User' }

param sku { name: string, tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized' }

@minValue(32)
param storageGb int

@minValue(7)
@maxValue(35)
param backupDays int

param highAvailability bool
param geoRedundantBackup bool

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: sku
  properties: {
    version: '17'
    authConfig: { activeDirectoryAuth: 'Enabled', passwordAuth: 'Disabled', tenantId: tenant().tenantId }
    storage: { storageSizeGB: storageGb, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: backupDays, geoRedundantBackup: geoRedundantBackup ? 'Enabled' : 'Disabled' }
    highAvailability: { mode: highAvailability ? 'ZoneRedundant' : 'Disabled' }
    network: { publicNetworkAccess: 'Disabled' }
  }
}

// The server accepts one change at a time, so its parts follow each other.
resource requireTls 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'require_secure_transport'
  properties: { value: 'ON', source: 'user-override' }
}

resource lowestTls 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'ssl_min_protocol_version'
  properties: { value: 'TLSv1.2', source: 'user-override' }
  dependsOn: [requireTls]
}

resource administrators 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: administrator.objectId
  properties: {
    principalName: administrator.name
    principalType: administrator.type
    tenantId: tenant().tenantId
  }
  dependsOn: [lowestTls]
}

resource control 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: server
  name: 'control_plane'
  properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  dependsOn: [administrators]
}

resource tenants 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: server
  name: 'tenants'
  properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  dependsOn: [control]
}

output id string = server.id
output host string = server.properties.fullyQualifiedDomainName
output controlDatabase string = control.name
output tenantsDatabase string = tenants.name

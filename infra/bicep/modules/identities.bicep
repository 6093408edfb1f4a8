metadata description = 'One identity for each process. Its name is also the name of its role in PostgreSQL.'

param location string
param httpName string
param workerName string
param tags object

resource http 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: httpName
  location: location
  tags: tags
}

resource worker 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: workerName
  location: location
  tags: tags
}

output http { id: string, clientId: string } = { id: http.id, clientId: http.properties.clientId }
output worker { id: string, clientId: string } = { id: worker.id, clientId: worker.properties.clientId }

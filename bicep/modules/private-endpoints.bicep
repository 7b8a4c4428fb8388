@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Subnet of the endpoints.')
param subnetId string

@description('Private endpoints: name, resourceId, groupId and zoneName of each.')
param targets array

resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [for target in targets: {
  name: 'pe-${target.name}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    customNetworkInterfaceName: 'nic-${target.name}'
    privateLinkServiceConnections: [
      {
        name: target.name
        properties: {
          privateLinkServiceId: target.resourceId
          groupIds: [
            target.groupId
          ]
        }
      }
    ]
  }
}]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [for (target, index) in targets: {
  parent: endpoints[index]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: target.groupId
        properties: {
          privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', target.zoneName)
        }
      }
    ]
  }
}]

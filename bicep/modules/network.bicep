@description('Name of the virtual network.')
param name string

@description('Azure region.')
param location string

@description('Tags of all resources.')
param tags object

@description('Address range, at least a /22. The first three /24 ranges become subnets.')
param addressSpace string

@description('Service to which the app\'s subnet is delegated. It depends on the plan.')
param appSubnetDelegation string

@description('Private DNS zones to create and link.')
param privateDnsZoneNames array

var appPrefix = cidrSubnet(addressSpace, 24, 0)
var endpointPrefix = cidrSubnet(addressSpace, 24, 1)
var apiPrefix = cidrSubnet(addressSpace, 24, 2)

resource appSecurityGroup 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: '${name}-app-nsg'
  location: location
  tags: tags
  properties: {
    securityRules: []
  }
}

// Only the app's subnet can reach the endpoints.
resource endpointSecurityGroup 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: '${name}-endpoints-nsg'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'AllowAppInbound'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: appPrefix
          sourcePortRange: '*'
          destinationAddressPrefix: endpointPrefix
          destinationPortRanges: [
            '443'
            '5671-5672'
          ]
        }
      }
      {
        name: 'DenyOtherInbound'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
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

// Callers of a private API are in this network, in a peered network, or behind its gateway.
resource apiSecurityGroup 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: '${name}-api-nsg'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'AllowCallersInbound'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: apiPrefix
          destinationPortRange: '443'
        }
      }
      {
        name: 'DenyOtherInbound'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
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

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressSpace
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appPrefix
          networkSecurityGroup: {
            id: appSecurityGroup.id
          }
          delegations: [
            {
              name: 'functions'
              properties: {
                serviceName: appSubnetDelegation
              }
            }
          ]
        }
      }
      {
        name: 'private-endpoints'
        properties: {
          addressPrefix: endpointPrefix
          networkSecurityGroup: {
            id: endpointSecurityGroup.id
          }
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
        }
      }
      {
        name: 'api'
        properties: {
          addressPrefix: apiPrefix
          networkSecurityGroup: {
            id: apiSecurityGroup.id
          }
          privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
        }
      }
    ]
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2020-06-01' = [for zoneName in privateDnsZoneNames: {
  name: zoneName
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [for (zoneName, index) in privateDnsZoneNames: {
  parent: zones[index]
  name: '${name}-link'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}]

@description('Subnet for virtual network integration.')
output appSubnetId string = '${network.id}/subnets/app'

@description('Subnet of the private endpoints.')
output privateEndpointSubnetId string = '${network.id}/subnets/private-endpoints'

@description('Subnet of the private endpoint of the API.')
output apiSubnetId string = '${network.id}/subnets/api'

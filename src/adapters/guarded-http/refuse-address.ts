import { BlockList, isIP } from 'node:net'

/**
 * Addresses that no hub, bucket or webhook of the outside world has: whoever makes us connect there wants our own network
 * (CWE-918). IANA special-purpose registries (RFC 6890), cloud metadata services among them (169.254.169.254, fd00:ec2::254).
 */
const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 128],
  ['::1', 128],
  // An IPv4 address in IPv6 clothes, by any of the ways to translate one (RFC 4291, 6052, 8215, 3056, 4380).
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['2001::', 32],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6')

/** Whether an address belongs to a private, local or special network; what is no address does too. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  const version = isIP(bare)
  if (version === 0) return true
  // BlockList matches ::ffff:a.b.c.d against the IPv4 networks itself.
  return PRIVATE.check(bare, version === 4 ? 'ipv4' : 'ipv6')
}

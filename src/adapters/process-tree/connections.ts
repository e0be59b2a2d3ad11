import { listProc, readProc, readProcLink } from './proc-files.ts'

/** Tables of sockets (man 5 proc_net). */
const TABLES = ['tcp', 'tcp6', 'udp', 'udp6'] as const
/** Lines read of one table; a machine with more sockets is not sampled further, and the coverage is partial anyway. */
const MAX_LINES = 20_000

/** One socket of a network namespace that speaks with somebody. */
export interface Connection {
  readonly inode: string
  /** `address:port`, IPv6 in brackets. */
  readonly remote: string
}

/** Reads a table such as `/proc/net/tcp`: sockets with a remote end that is not this machine itself. */
export function parseConnections(text: string): readonly Connection[] {
  const connections: Connection[] = []
  for (const line of text.split('\n', MAX_LINES).slice(1)) {
    const fields = line.trim().split(/\s+/, 10)
    const remote = readAddress(fields[2] ?? '')
    const inode = fields[9]
    if (remote !== undefined && inode !== undefined && inode !== '0') connections.push({ inode, remote })
  }
  return connections
}

function readAddress(text: string): string | undefined {
  const [hex = '', portHex = ''] = text.split(':')
  const port = Number.parseInt(portHex, 16)
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex) || !(port > 0 && port <= 65_535)) return undefined
  const bytes = hostOrder(hex)
  const v4 = bytes.length === 4 ? bytes : mappedV4(bytes)
  if (v4 !== undefined) {
    const isHere = v4[0] === 127 || v4.every((byte) => byte === 0)
    return isHere ? undefined : `${v4.join('.')}:${port}`
  }
  const isHere = bytes.slice(0, 15).every((byte) => byte === 0)
  return isHere ? undefined : `[${writeV6(bytes)}]:${port}`
}

/** The kernel writes each 32-bit word in the machine's own order, which is little-endian wherever Node 24 runs on Linux. */
function hostOrder(hex: string): readonly number[] {
  const bytes = [...Buffer.from(hex, 'hex')]
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.slice(i * 4, i * 4 + 4).reverse())
  return words.flat()
}

function mappedV4(bytes: readonly number[]): readonly number[] | undefined {
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return isMapped ? bytes.slice(12) : undefined
}

/** RFC 5952: lower case, the first longest run of two or more zero groups as `::`. */
function writeV6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0))
  let [from, length] = [0, 0]
  for (let start = 0; start < groups.length; start++) {
    const end = groups.findIndex((group, i) => i >= start && group !== 0)
    const run = (end < 0 ? groups.length : end) - start
    if (run > length) [from, length] = [start, run]
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`
}

/** Where members of a tree hold connections now. Sockets are told apart by the inode that a member's descriptor names. */
export function connectionsOf(pids: readonly number[], ownNamespace: string): readonly string[] {
  const byNamespace = new Map<string, number[]>()
  for (const pid of pids) {
    const namespace = readProcLink(`/proc/${pid}/ns/net`)
    if (namespace !== undefined) byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), pid])
  }
  const found = [...byNamespace].flatMap(([namespace, members]) =>
    // A namespace that the run made for itself holds nobody else's sockets.
    remotesIn(members[0] ?? 0, namespace === ownNamespace ? socketsOf(members) : undefined),
  )
  return [...new Set(found)].sort()
}

/** @param inodes whose sockets count; every socket of the namespace when absent */
function remotesIn(pid: number, inodes: ReadonlySet<string> | undefined): readonly string[] {
  if (inodes?.size === 0) return []
  return TABLES.flatMap((table) =>
    parseConnections(readProc(`/proc/${pid}/net/${table}`) ?? '')
      .filter(({ inode }) => inodes === undefined || inodes.has(inode))
      .map(({ remote }) => `${remote}/${table.slice(0, 3)}`),
  )
}

/** Descriptors looked at in one process; a server with more is not what a training run is. */
const MAX_DESCRIPTORS = 4096

function socketsOf(pids: readonly number[]): ReadonlySet<string> {
  const inodes = new Set<string>()
  for (const pid of pids)
    for (const name of listProc(`/proc/${pid}/fd`).slice(0, MAX_DESCRIPTORS)) {
      const link = readProcLink(`/proc/${pid}/fd/${name}`)
      if (link?.startsWith('socket:[') === true) inodes.add(link.slice('socket:['.length, -1))
    }
  return inodes
}

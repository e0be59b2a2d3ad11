import type { FileOps, OpenFile, SyncPoint } from '../../src/adapters/ledger-files/index.ts'

/** What a loss of power leaves of what was not synced. */
export const CRASHES = [
  'nothing',
  'names',
  'last write',
  'first half',
  'random sectors',
  'everything',
] as const
export type Crash = (typeof CRASHES)[number]

type Change = { readonly offset: number; readonly bytes: Uint8Array } | { readonly size: number }

class FileNode {
  durable = new Uint8Array(0)
  current = new Uint8Array(0)
  pending: Change[] = []

  apply(change: Change): void {
    this.current = applyChange(this.current, change)
    this.pending.push(change)
  }

  sync(): void {
    this.durable = this.current.slice()
    this.pending = []
  }
}

class FolderNode {
  durable = new Map<string, FileNode | FolderNode>()
  current = new Map<string, FileNode | FolderNode>()
}

/** A disk in memory that knows, of every byte and every name, whether a loss of power would take it. */
export class MemoryDisk {
  #root = new FolderNode()

  constructor(root = new FolderNode()) {
    this.#root = root
  }

  /** The disk as the next boot finds it. */
  crash(kind: Crash, random: () => number): MemoryDisk {
    return new MemoryDisk(crashFolder(this.#root, kind, random))
  }

  /** The whole interface, over this disk. */
  get ops(): FileOps {
    return {
      open: async (path, mode) => openNode(this.openFile(path, mode)),
      readFile: async (path) => {
        const node = this.#find(path)
        return node instanceof FileNode ? node.current.slice() : undefined
      },
      list: async (path) => {
        const node = this.#find(path)
        return node instanceof FolderNode ? [...node.current.keys()].sort() : []
      },
      makeFolder: async (path) => {
        const { folder, name } = this.#parentOf(path)
        if (folder.current.has(name)) return false
        folder.current.set(name, new FolderNode())
        return true
      },
      syncFolder: async (path) => {
        const node = this.#find(path)
        if (!(node instanceof FolderNode)) throw new Error(`no folder ${path}`)
        node.durable = new Map(node.current)
      },
      rename: async (from, to) => {
        const [source, target] = [this.#parentOf(from), this.#parentOf(to)]
        const node = source.folder.current.get(source.name)
        if (node === undefined) throw new Error(`no file ${from}`)
        source.folder.current.delete(source.name)
        target.folder.current.set(target.name, node)
      },
      remove: async (path) => {
        const { folder, name } = this.#parentOf(path)
        folder.current.delete(name)
      },
    }
  }

  openFile(path: string, mode: 'read' | 'update' | 'create' | 'replace'): FileNode {
    const { folder, name } = this.#parentOf(path)
    const found = folder.current.get(name)
    if (found instanceof FolderNode) throw new Error(`${path} is a folder`)
    if (found !== undefined && mode === 'create') throw new Error(`${path} exists`)
    if (found !== undefined && mode === 'replace') found.apply({ size: 0 })
    if (found !== undefined) return found
    if (mode === 'read' || mode === 'update') throw new Error(`no file ${path}`)
    const node = new FileNode()
    folder.current.set(name, node)
    return node
  }

  #find(path: string): FileNode | FolderNode | undefined {
    let node: FileNode | FolderNode | undefined = this.#root
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (!(node instanceof FolderNode)) return undefined
      node = node.current.get(name)
    }
    return node
  }

  #parentOf(path: string): { folder: FolderNode; name: string } {
    const at = path.lastIndexOf('/')
    const folder = this.#find(path.slice(0, at))
    if (!(folder instanceof FolderNode)) throw new Error(`no folder for ${path}`)
    return { folder, name: path.slice(at + 1) }
  }
}

function openNode(node: FileNode): OpenFile {
  return {
    size: async () => node.current.length,
    read: async (offset, length) => node.current.slice(offset, offset + length),
    write: async (bytes, offset) => node.apply({ offset, bytes: bytes.slice() }),
    truncate: async (size) => node.apply({ size }),
    sync: async () => node.sync(),
    close: async () => undefined,
  }
}

function applyChange(content: Uint8Array<ArrayBuffer>, change: Change): Uint8Array<ArrayBuffer> {
  const end = 'size' in change ? change.size : Math.max(content.length, change.offset + change.bytes.length)
  const next = new Uint8Array(end)
  next.set(content.subarray(0, end))
  if ('bytes' in change) next.set(change.bytes, change.offset)
  return next
}

function crashFolder(folder: FolderNode, kind: Crash, random: () => number): FolderNode {
  const left = new FolderNode()
  for (const [name, node] of kind === 'nothing' ? folder.durable : folder.current)
    left.current.set(
      name,
      node instanceof FolderNode ? crashFolder(node, kind, random) : crashFile(node, kind, random),
    )
  left.durable = new Map(left.current)
  return left
}

function crashFile(file: FileNode, kind: Crash, random: () => number): FileNode {
  const left = new FileNode()
  left.current = contentAfter(file, kind, random)
  left.sync()
  return left
}

function contentAfter(file: FileNode, kind: Crash, random: () => number): Uint8Array<ArrayBuffer> {
  if (kind === 'nothing' || kind === 'names') return file.durable.slice()
  if (kind === 'everything') return file.current.slice()
  let content = file.durable.slice()
  const changes = kind === 'last write' ? file.pending.slice(-1) : file.pending
  for (const change of changes)
    for (const part of partsOf(change, kind, random)) content = applyChange(content, part)
  return content
}

function partsOf(change: Change, kind: Crash, random: () => number): Change[] {
  if (kind === 'last write') return [change]
  if ('size' in change) return random() < 0.5 ? [change] : []
  if (kind === 'first half')
    return [{ offset: change.offset, bytes: change.bytes.slice(0, change.bytes.length / 2) }]
  const sectors: Change[] = []
  for (let at = 0; at < change.bytes.length; at += 512)
    if (random() < 0.5) sectors.push({ offset: change.offset + at, bytes: change.bytes.slice(at, at + 512) })
  return sectors
}

/** One thing that was done to the disk, or promised to a caller. Paths begin at the folder above the log's. */
export type Step =
  | {
      readonly kind: 'open'
      readonly file: number
      readonly path: string
      readonly mode: 'read' | 'update' | 'create' | 'replace'
    }
  | { readonly kind: 'write'; readonly file: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  | { readonly kind: 'sync'; readonly file: number; readonly point: SyncPoint }
  | { readonly kind: 'makeFolder' | 'remove'; readonly path: string }
  | { readonly kind: 'syncFolder'; readonly path: string; readonly point: SyncPoint }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'acknowledged'; readonly index: number; readonly digest: string }
  | { readonly kind: 'checkpoint'; readonly size: number }

/** Does a recorded step to a disk again. */
export class Player {
  readonly disk = new MemoryDisk()
  readonly #files = new Map<number, FileNode>()

  async play(step: Step): Promise<void> {
    const { ops } = this.disk
    if (step.kind === 'open') this.#files.set(step.file, this.disk.openFile(step.path, step.mode))
    else if (step.kind === 'write') this.#file(step.file).apply({ offset: step.offset, bytes: step.bytes })
    else if (step.kind === 'truncate') this.#file(step.file).apply({ size: step.size })
    else if (step.kind === 'sync') this.#file(step.file).sync()
    else if (step.kind === 'makeFolder') await ops.makeFolder(step.path)
    else if (step.kind === 'remove') await ops.remove(step.path)
    else if (step.kind === 'syncFolder') await ops.syncFolder(step.path, step.point)
    else if (step.kind === 'rename') await ops.rename(step.from, step.to)
  }

  #file(id: number): FileNode {
    const file = this.#files.get(id)
    if (file === undefined) throw new Error(`the trace uses file ${id} before opening it`)
    return file
  }
}

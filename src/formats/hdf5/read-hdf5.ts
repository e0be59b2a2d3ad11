import { type ByteSource, sliceOfSource } from '../../ground/lang/index.ts'
import { type AttributeDeps, guarded, readAttributes } from './attributes.ts'
import { readTree2 } from './btree2.ts'
import { readDataset } from './dataset.ts'
import { FractalHeap } from './fractal-heap.ts'
import { Hdf5Break, Hdf5Bytes, type Hdf5Cursor } from './hdf5-bytes.ts'
import type { Hdf5Link, Hdf5Object, Hdf5Problem, Hdf5View } from './hdf5-view.ts'
import { type FoundLink, readLinkMessage } from './link-message.ts'
import { type HeaderMessage, readObjectHeader } from './object-header.ts'
import { ValueReader } from './read-value.ts'
import { findSuperblock, readSuperblock, type Superblock } from './superblock.ts'
import { readSymbolTable } from './symbol-table.ts'

/** Objects of one file. The largest Keras models have some ten thousand; the optimizer doubles that. */
const MAX_OBJECTS = 200_000
const MAX_LINKS = 10_000
const MAX_PROBLEMS = 100
/** Characters of a path that are kept: paths of circles are cut by the addresses that were seen. */
const MAX_PATH = 2000

const LINK_INFO = 0x02
const LINK = 0x06
const SYMBOL_TABLE = 0x11

/**
 * Reads the structure of an HDF5 file: objects, attributes with text, links, and how datasets are stored; never the
 * numbers. Undefined when there is no superblock. HDF5 File Format Specification 3.0, https://support.hdfgroup.org/documentation/.
 * @throws SallyportError what the source throws
 */
export async function readHdf5(source: ByteSource, signal?: AbortSignal): Promise<Hdf5View | undefined> {
  const start = await findSuperblock(source, signal)
  if (start === undefined) return undefined
  const walk = new Hdf5Walk(sliceOfSource(source, 0, source.size), signal)
  await guarded(walk, () => walk.read(start))
  return walk.view(start)
}

class Hdf5Walk implements AttributeDeps {
  readonly bytes: Hdf5Bytes
  readonly values: ValueReader
  readonly #objects: Hdf5Object[] = []
  readonly #links: Hdf5Link[] = []
  readonly #problems: Hdf5Problem[] = []
  readonly #seen = new Set<number>()
  readonly #open: { path: string; address: number }[] = []
  #superblock: Superblock | undefined

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.bytes = new Hdf5Bytes(source, signal)
    this.values = new ValueReader(this.bytes)
  }

  readonly note = (problem: Hdf5Problem): void => {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem)
  }

  view(start: number): Hdf5View {
    return {
      superblock: this.#superblock?.version ?? -1,
      baseOffset: start,
      endOffset: start === 0 ? this.#superblock?.endAddress : undefined,
      objects: this.#objects,
      links: this.#links,
      driver: this.#superblock?.driver,
      problems: this.#problems,
      readBytes: this.bytes.readBytes,
    }
  }

  async read(start: number): Promise<void> {
    const superblock = await readSuperblock(this.bytes, start)
    this.#superblock = superblock
    if (superblock.endAddress > this.bytes.size)
      this.note({
        kind: 'cut',
        message: `the file should have ${superblock.endAddress} bytes and has ${this.bytes.size}`,
        offset: 0,
      })
    this.#open.push({ path: '/', address: superblock.root })
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const { path, address } = next
      await guarded(this, () => this.#readObject(path, address))
    }
  }

  async #readObject(path: string, address: number): Promise<void> {
    if (this.#seen.has(address)) return
    if (this.#seen.size >= MAX_OBJECTS)
      throw new Hdf5Break('unread', `the file has more than ${MAX_OBJECTS} objects`, address)
    this.#seen.add(address)
    const messages = await readObjectHeader(this.bytes, address)
    const dataset = await readDataset(this, messages)
    const attributes = await readAttributes(this, messages)
    this.#objects.push({ path, offset: this.bytes.base + address, attributes, dataset })
    for (const message of messages) await guarded(this, () => this.#readLinks(path, message))
  }

  async #readLinks(path: string, { type, flags, body }: HeaderMessage): Promise<void> {
    if (type !== LINK && type !== LINK_INFO && type !== SYMBOL_TABLE) return
    if ((flags & 2) !== 0) throw new Hdf5Break('unread', 'a link that is shared is not read', body.address)
    if (type === LINK) return this.#addLink(path, readLinkMessage(body))
    if (type === LINK_INFO) return this.#readDenseLinks(path, body)
    for (const link of await readSymbolTable(this.bytes, body.offset(), body.offset()))
      this.#addLink(path, link)
  }

  async #readDenseLinks(path: string, body: Hdf5Cursor): Promise<void> {
    body.skip(1)
    const flags = body.u8()
    if ((flags & 1) !== 0) body.skip(8)
    const heapAddress = body.offset()
    const treeAddress = body.offset()
    if (heapAddress === Number.POSITIVE_INFINITY) return
    const heap = await FractalHeap.open(this.bytes, heapAddress)
    const ids: Uint8Array[] = []
    await readTree2(this.bytes, treeAddress, [5], (record) => ids.push(record.slice(4)))
    for (const id of ids) this.#addLink(path, readLinkMessage(await heap.read(id)))
  }

  #addLink(parent: string, link: FoundLink): void {
    const path = `${parent === '/' ? '' : parent}/${link.name}`.slice(0, MAX_PATH)
    if (link.kind === 'hard') {
      this.#open.push({ path, address: link.address })
      return
    }
    if (this.#links.length >= MAX_LINKS) {
      this.note({ kind: 'unread', message: `the file has more than ${MAX_LINKS} links by name`, offset: 0 })
      return
    }
    const { kind, target } = link
    this.#links.push(
      kind === 'external' ? { kind, path, target, targetPath: link.targetPath } : { kind, path, target },
    )
  }
}

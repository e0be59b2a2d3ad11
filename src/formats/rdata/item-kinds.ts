import { StreamBreak } from '../../ground/lang/index.ts'
import type { ItemReader, ReadKind } from './item-reader.ts'
import type { RNode } from './r-node.ts'
import type { Step } from './r-path.ts'
import { type At, code, data, inside } from './r-place.ts'
import { readBytecode } from './read-bytecode.ts'
import { SXP } from './sxp.ts'

/** Bytes of one text that are kept, and texts of one vector. */
const KEPT_BYTES = 4096
const KEPT_TEXTS = 256
const KEPT_NUMBERS = 64

const OBJECT: RNode = { kind: 'object' }

const readNumbers =
  (kind: 'int' | 'double', perItem = 1): ReadKind =>
  async (reader, at) => {
    const count = await reader.length()
    const keep = at.position === 'code' ? KEPT_NUMBERS : 0
    return { kind: 'number', values: await reader.stream.numbers(kind, count * perItem, keep), count }
  }

async function readLogicals(reader: ItemReader, at: At, offset: number): Promise<RNode> {
  const node = await readNumbers('int')(reader, at, offset)
  if (node.kind !== 'number') return node
  return {
    ...node,
    values: node.values.map((value) => (value === 'NA' ? value : value === '0' ? 'FALSE' : 'TRUE')),
  }
}

async function readSymbol(reader: ItemReader, at: At): Promise<RNode> {
  const name = await reader.item(inside(at, at.step))
  return reader.remember({ kind: 'symbol', name: name.kind === 'text' ? (name.values[0] ?? '') : '' })
}

async function readEnvironment(reader: ItemReader, at: At): Promise<RNode> {
  const node = reader.remember({ kind: 'environment' })
  await reader.stream.int()
  const depth = at.depth + 1
  const step: Step | undefined = at.step
  await reader.item({ position: 'data', step: { parent: step, label: '<enclosure>' }, depth })
  await reader.item({ position: 'bindings', step, depth })
  await reader.item({ position: 'table', step, depth })
  await reader.item({ position: 'attributes', step, depth })
  return node
}

async function readCharacters(reader: ItemReader): Promise<RNode> {
  const offset = reader.stream.offset
  const length = await reader.stream.int()
  if (length === -1) return { kind: 'text', values: ['NA'], count: 1 }
  if (length < 0) throw new StreamBreak('malformed', `a text of ${length} bytes`, offset)
  const bytes = await reader.stream.text(length, KEPT_BYTES)
  return { kind: 'text', values: [Buffer.from(bytes).toString('utf8')], count: 1 }
}

async function readTexts(reader: ItemReader, at: At): Promise<RNode> {
  const count = await reader.length()
  const values: string[] = []
  reader.keep(1)
  for (let i = 0; i < count; i++) {
    i += reader.stream.quick?.takeTexts(count - i, values, KEPT_TEXTS) ?? 0
    if (i >= count) break
    const flags = await reader.stream.int()
    const offset = reader.stream.offset
    if ((flags & 0xff) !== SXP.character) {
      // A reference is legal here for readers, and no writer makes one.
      await reader.itemOf(flags, inside(at, at.step), offset)
      continue
    }
    const item = await readCharacters(reader)
    if (values.length < KEPT_TEXTS && item.kind === 'text') values.push(item.values[0] ?? '')
  }
  return { kind: 'text', values, count }
}

const readList =
  (isExpression: boolean): ReadKind =>
  async (reader, at) => {
    const count = await reader.length()
    const items: RNode[] = []
    const scope = at.scope ?? { names: [] }
    const isCode = at.position === 'code'
    for (let index = 0; index < count; index++) {
      const isNamed = !isCode && at.position !== 'table'
      const step = isNamed ? { parent: at.step, label: '', scope, index } : at.step
      const place: At = { position: itemPosition(at), step, depth: at.depth + 1 }
      const item = reader.quickItem(place) ?? (await reader.item(place))
      if (isCode || index < KEPT_NUMBERS) items.push(item)
    }
    if (isCode) reader.keep(items.length)
    return { kind: 'list', isExpression, items, count }
  }

function itemPosition({ position }: At): At['position'] {
  if (position === 'table') return 'bindings'
  return position === 'code' ? 'code' : 'data'
}

async function readBuiltin(reader: ItemReader): Promise<RNode> {
  const length = await reader.stream.int()
  if (length < 0) throw new StreamBreak('malformed', `a name of ${length} bytes`, reader.stream.offset)
  const bytes = await reader.stream.text(length, KEPT_BYTES)
  return { kind: 'builtin', name: Buffer.from(bytes).toString('utf8') }
}

/** Namespaces, packages and persistent names: a vector of texts without flags of its own. */
async function readName(reader: ItemReader, at: At): Promise<RNode> {
  await reader.stream.int()
  const texts = await readTexts(reader, at)
  const name = texts.kind === 'text' ? (texts.values[0] ?? '') : ''
  return reader.remember({ kind: 'namespace', name })
}

async function readPointer(reader: ItemReader, at: At, offset: number): Promise<RNode> {
  const node = reader.remember(OBJECT)
  reader.see(at.step, (path) => ({ kind: 'pointer', path, offset }))
  await reader.item(inside(data(at), at.step))
  await reader.item(inside(data(at), at.step))
  return node
}

async function readAltrep(reader: ItemReader, at: At, offset: number): Promise<RNode> {
  const info = await reader.item(inside(code(at), at.step))
  const state = await reader.item(
    inside(at.position === 'code' ? at : { ...data(at), scope: { names: [] } }, at.step),
  )
  await reader.item(inside({ ...at, position: 'attributes' }, at.step))
  const parts = info.kind === 'pairs' ? info.items.map(({ value }) => value) : []
  const [className, packageName] = parts.map((part) => (part.kind === 'symbol' ? part.name : '?'))
  reader.see(at.step, (path) => ({
    kind: 'altrep',
    className: className ?? '?',
    packageName: packageName ?? '?',
    path,
    state,
    offset,
  }))
  return { kind: 'number', values: [], count: 0 }
}

/** How each type is read, calls and functions apart. */
export const ITEM_KINDS: ReadonlyMap<number, ReadKind> = new Map<number, ReadKind>([
  [SXP.symbol, readSymbol],
  [SXP.environment, readEnvironment],
  [SXP.special, readBuiltin],
  [SXP.builtin, readBuiltin],
  [SXP.character, readCharacters],
  [SXP.logical, readLogicals],
  [SXP.integer, readNumbers('int')],
  [SXP.real, readNumbers('double')],
  [SXP.complex, readNumbers('double', 2)],
  [SXP.string, readTexts],
  [SXP.vector, readList(false)],
  [SXP.expression, readList(true)],
  [SXP.bytecode, readBytecode],
  [SXP.pointer, readPointer],
  [SXP.weak, async (reader) => reader.remember(OBJECT)],
  [SXP.s4, async () => OBJECT],
  [
    SXP.raw,
    async (reader) => {
      const count = await reader.length()
      await reader.stream.skipRaw(count)
      return { kind: 'number', values: [], count }
    },
  ],
  [SXP.packageName, readName],
  [SXP.namespaceName, readName],
  [SXP.persistentName, readName],
  [SXP.altrep, readAltrep],
])

import { StreamBreak } from '../../ground/lang/index.ts'
import type { ItemReader } from './item-reader.ts'
import type { RArgument, RNode } from './r-node.ts'
import { type At, inside } from './r-place.ts'
import { SXP } from './sxp.ts'

/** Cells of one chain of bytecode constants. */
const MAX_CELLS = 1_000_000
/** Cells of a shared rest that are kept once more. */
const MAX_SHARED = 1000
/** Calls inside each other, bounded as in the reader of items. */
const MAX_DEPTH = 20_000
const BREATH = 24

const LANGUAGE_TYPES: ReadonlySet<number> = new Set([
  SXP.language,
  SXP.list,
  SXP.attributeLanguage,
  SXP.attributeList,
  SXP.bytecodeDefinition,
  SXP.bytecodeReference,
])

/** Compiled code (ReadBC of R's serialize.c): numbers, and constants among which are the calls of the source. */
export async function readBytecode(reader: ItemReader, at: At): Promise<RNode> {
  const offset = reader.stream.offset
  const count = await reader.stream.int()
  if (count < 0) throw new StreamBreak('malformed', `${count} shared constants`, offset)
  return readUnit(reader, { ...at, position: 'code' }, new Map())
}

async function readUnit(reader: ItemReader, at: At, shared: Map<number, RNode>): Promise<RNode> {
  if (at.depth > MAX_DEPTH)
    throw new StreamBreak('limit', `it is nested deeper than ${MAX_DEPTH}`, reader.stream.offset)
  if (at.depth % BREATH === 0) await Promise.resolve()
  const instructions = await reader.item(inside(at, at.step))
  const offset = reader.stream.offset
  const count = await reader.stream.int()
  if (count < 0) throw new StreamBreak('malformed', `${count} constants`, offset)
  const constants: RNode[] = []
  for (let i = 0; i < count; i++) {
    const type = await reader.stream.int()
    constants.push(await readConstant(reader, inside(at, at.step), { type, shared }))
  }
  reader.keep(constants.length)
  return symbolRead(instructions, constants) ?? { kind: 'bytecode', constants }
}

/** Instructions of R's bytecode machine (the enumeration of opcodes in eval.c, the same since R 2.13). */
const GETVAR = '20'
const RETURN = '1'

/**
 * The symbol, where all that the code does is to read it: an argument that a function handed on as it got it. The call in which
 * it stood is among the constants too, for messages; nothing runs it.
 */
function symbolRead(instructions: RNode, constants: readonly RNode[]): RNode | undefined {
  if (instructions.kind !== 'number' || instructions.count !== 4) return undefined
  const [, opcode, operand = '', end] = instructions.values
  if (opcode !== GETVAR || end !== RETURN) return undefined
  const symbol = constants[Number(operand)]
  return symbol?.kind === 'symbol' ? symbol : undefined
}

interface Constant {
  readonly type: number
  readonly shared: Map<number, RNode>
}

async function readConstant(reader: ItemReader, at: At, constant: Constant): Promise<RNode> {
  if (constant.type === SXP.bytecode) return readUnit(reader, at, constant.shared)
  return LANGUAGE_TYPES.has(constant.type) ? readLanguage(reader, at, constant) : reader.item(at)
}

/** A call or pairlist among the constants (ReadBCLang); parts may be shared. */
async function readLanguage(reader: ItemReader, at: At, { type, shared }: Constant): Promise<RNode> {
  const offset = reader.stream.offset
  if (at.depth > MAX_DEPTH) throw new StreamBreak('limit', `it is nested deeper than ${MAX_DEPTH}`, offset)
  if (type === SXP.bytecodeReference) return shared.get(await reader.stream.int()) ?? { kind: 'object' }
  const definition = type === SXP.bytecodeDefinition ? await reader.stream.int() : undefined
  const first = definition === undefined ? type : await reader.stream.int()
  const items: RArgument[] = []
  const node: RNode = isCallType(first) ? { kind: 'call', items, offset } : { kind: 'pairs', items }
  if (definition !== undefined) shared.set(definition, node)
  await readCells(reader, at, { first, shared, items })
  return node
}

interface Cells {
  readonly first: number
  readonly shared: Map<number, RNode>
  readonly items: RArgument[]
}

async function readCells(reader: ItemReader, at: At, { first, shared, items }: Cells): Promise<void> {
  for (let cell = first; ; ) {
    if (items.length > MAX_CELLS) throw new StreamBreak('limit', 'a call is too long', reader.stream.offset)
    if (cell === SXP.attributeLanguage || cell === SXP.attributeList) await reader.item(inside(at, at.step))
    const tag = await reader.item(inside(at, at.step))
    const type = await reader.stream.int()
    const value = await readPart(reader, at, { type, shared })
    items.push({ name: tag.kind === 'symbol' ? tag.name : undefined, value })
    reader.keep(1)
    const next = await reader.stream.int()
    if (next !== SXP.list && next !== SXP.attributeList && !isCallType(next)) {
      // The rest of the chain is shared with another one, or its end.
      const rest = await readPart(reader, at, { type: next, shared })
      if (rest.kind === 'pairs' || rest.kind === 'call') items.push(...rest.items.slice(0, MAX_SHARED))
      return
    }
    cell = next
  }
}

function isCallType(type: number): boolean {
  return type === SXP.language || type === SXP.attributeLanguage
}

async function readPart(reader: ItemReader, at: At, constant: Constant): Promise<RNode> {
  const deeper = inside(at, at.step)
  if (deeper.depth % BREATH === 0) await Promise.resolve()
  return LANGUAGE_TYPES.has(constant.type) ? readLanguage(reader, deeper, constant) : reader.item(deeper)
}

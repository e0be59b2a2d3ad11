import { type ByteSource, foldWire, type WireNode, type WireSchema } from '../../ground/lang/index.ts'

/** Fields of the wire; large programs have some hundred thousand. */
const MAX_FIELDS = 10_000_000
const MAX_DEPTH = 16
const MAX_OPERATORS = 100_000

/** An operator of a program, with the texts of its attributes. */
export interface PaddleOperator {
  readonly type: string
  readonly texts: readonly { readonly name: string; readonly value: string }[]
  readonly offset: number
}

/** A ProgramDesc without its variables. Of operators of one type with the same texts the first is kept. */
export interface PaddleView {
  readonly blockCount: number
  readonly operators: readonly PaddleOperator[]
  readonly problem: { readonly kind: string; readonly message: string; readonly offset: number } | undefined
  readonly readBytes: number
}

/** paddle/fluid/framework/framework.proto. */
const SCHEMA: WireSchema = {
  Program: { 1: 'Block' },
  Block: { 1: 'number', 2: 'number', 4: 'Operator' },
  Operator: { 3: 'text', 4: 'Attribute' },
  Attribute: { 1: 'text', 5: 'text', 8: 'text' },
}

/** Texts that every operator has and that say nothing: where it was made. */
const NOISE = new Set(['op_callstack', 'op_device', 'op_namescope', 'op_role_var'])

interface Attribute {
  readonly name: string
  readonly values: readonly string[]
}

/** Whether bytes begin as a ProgramDesc does: a first block with the index 0. */
export function looksLikePaddle(head: Uint8Array): boolean {
  if (head[0] !== 0x0a) return false
  let at = 1
  while (at < 8 && (head[at] ?? 0) >= 0x80) at++
  return head[at + 1] === 0x08 && head[at + 2] === 0 && head[at + 3] === 0x10
}

/**
 * Reads a program of PaddlePaddle (`.pdmodel`, `__model__`) in constant memory.
 * @throws SallyportError what the source throws
 */
export async function readPaddle(source: ByteSource, signal?: AbortSignal): Promise<PaddleView> {
  const operators = new Map<string, PaddleOperator>()
  let blockCount = 0
  const fold = (node: WireNode<Attribute>): Attribute | undefined => {
    if (node.type === 'Attribute')
      return {
        name: node.texts.get(1)?.at(-1) ?? '',
        values: [...(node.texts.get(5) ?? []), ...(node.texts.get(8) ?? [])],
      }
    if (node.type === 'Block') blockCount++
    if (node.type !== 'Operator') return undefined
    const texts = (node.children.get(4) ?? [])
      .filter(({ name }) => !NOISE.has(name))
      .flatMap(({ name, values }) => values.filter((value) => value !== '').map((value) => ({ name, value })))
    const type = node.texts.get(3)?.at(-1) ?? ''
    const key = JSON.stringify([type, texts]).slice(0, 4096)
    if (!operators.has(key) && operators.size < MAX_OPERATORS)
      operators.set(key, { type, texts, offset: node.offset })
    return undefined
  }
  const { problem, readBytes } = await foldWire<Attribute>(source, {
    schema: SCHEMA,
    root: 'Program',
    fold,
    budget: { left: MAX_FIELDS },
    maxDepth: MAX_DEPTH,
    signal,
  })
  return { blockCount, operators: [...operators.values()], problem, readBytes }
}

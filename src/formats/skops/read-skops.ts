import { type ByteSource, utf8Text } from '../../ground/lang/index.ts'

/** Bytes of a schema that is parsed. A forest has some megabytes, since its arrays are members of their own. */
const MAX_SCHEMA_BYTES = 64 * 1024 * 1024
/** Nodes of one schema. */
const MAX_NODES = 500_000
const MAX_TEXTS = 16

/** One object of the tree that skops builds (skops/io): a loader, and the type it imports. */
export interface SkopsNode {
  readonly loader: string
  readonly module: string
  readonly name: string
  /** As `content.steps[0]`. */
  readonly path: string
  /** For a bound method: the name of the method, and the type of the object that the file says it belongs to. */
  readonly method: string | undefined
  readonly owner: { readonly module: string; readonly name: string } | undefined
  /** Texts among the arguments of an operator. */
  readonly texts: readonly string[]
}

export interface SkopsView {
  readonly protocol: number | undefined
  readonly version: string | undefined
  readonly nodes: readonly SkopsNode[]
  readonly isWhole: boolean
}

type Record_ = Readonly<Record<string, unknown>>

/** Whether a text begins as the schema of a skops file does. */
export function looksLikeSkops(head: Uint8Array): boolean {
  const text = Buffer.from(head).toString('latin1')
  return /^\s*\{/.test(text) && /"(?:__loader__|__class__|__module__|_skops_version)"\s*:/.test(text)
}

/**
 * Reads the schema of a skops file; undefined when it is none.
 * @throws SallyportError what the source throws
 */
export async function readSkops(source: ByteSource, signal?: AbortSignal): Promise<SkopsView | undefined> {
  if (source.size > MAX_SCHEMA_BYTES) return undefined
  const root = parse(utf8Text(await source.read(0, source.size, signal)))
  if (root === undefined || (root.__loader__ === undefined && root._skops_version === undefined))
    return undefined
  const nodes: SkopsNode[] = []
  const todo: Place[] = [{ value: root, path: '' }]
  let left = MAX_NODES
  for (let at = todo.pop(); at !== undefined && left > 0; at = todo.pop()) {
    left--
    if (isNode(at.value)) nodes.push(nodeOf(at.value, at.path))
    todo.push(...partsOf(at))
  }
  return {
    protocol: typeof root.protocol === 'number' ? root.protocol : undefined,
    version: textOf(root._skops_version),
    nodes,
    isWhole: todo.length === 0,
  }
}

interface Place {
  readonly value: unknown
  readonly path: string
}

function isNode(value: unknown): value is Record_ {
  return isRecord(value) && (typeof value.__loader__ === 'string' || typeof value.__module__ === 'string')
}

/** Objects and lists directly inside a value. */
function partsOf({ value, path }: Place): Place[] {
  const entries = Array.isArray(value)
    ? value.map((item, i) => ({ value: item as unknown, path: `${path}[${i}]` }))
    : isRecord(value)
      ? Object.entries(value).map(([key, item]) => ({ value: item, path: shortPath(path, key) }))
      : []
  return entries.filter((entry) => typeof entry.value === 'object' && entry.value !== null)
}

function parse(text: string | undefined): Record_ | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined // Information: it is no schema.
  }
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shortPath(path: string, key: string): string {
  const shown = key.slice(0, 60)
  return path.length > 200 ? path : path === '' ? shown : `${path}.${shown}`
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 500) : undefined
}

function nodeOf(value: Record_, path: string): SkopsNode {
  const content = isRecord(value.content) ? value.content : undefined
  const owner = isRecord(content?.obj) ? content.obj : undefined
  return {
    loader: textOf(value.__loader__) ?? '',
    module: textOf(value.__module__) ?? '',
    name: textOf(value.__class__) ?? '',
    path,
    method: textOf(content?.func),
    owner:
      owner === undefined
        ? undefined
        : { module: textOf(owner.__module__) ?? '', name: textOf(owner.__class__) ?? '' },
    texts: value.attrs === undefined ? [] : textsIn(value.attrs),
  }
}

/** Texts of JSON nodes, which hold their value as a text of JSON. */
function textsIn(root: unknown): string[] {
  const texts: string[] = []
  const todo: unknown[] = [root]
  for (let i = 0; i < 1000 && todo.length > 0 && texts.length < MAX_TEXTS; i++) {
    const value = todo.shift()
    if (Array.isArray(value)) todo.push(...value.slice(0, 100))
    else if (isRecord(value)) {
      if (value.__loader__ === 'JsonNode' && typeof value.content === 'string')
        texts.push(unquoted(value.content))
      else todo.push(...Object.values(value).slice(0, 100))
    }
  }
  return texts
}

function unquoted(json: string): string {
  return /^"[^"\\]*"$/.test(json) ? json.slice(1, -1) : json.slice(0, 500)
}

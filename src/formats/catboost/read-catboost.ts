import {
  type ByteSource,
  FlatReader,
  type FlatTable,
  sliceOfSource,
  standsAt,
} from '../../ground/lang/index.ts'

/** `CBM1` and the length of the flatbuffer behind it (catboost/libs/model/model.cpp). */
const HEADER_BYTES = 8
/** Reads of the flatbuffer: names and parameters, not trees. */
const MAX_READS = 10_000
const MAX_ENTRIES = 1000
const MAX_TEXT_BYTES = 256 * 1024

/** A model of CatBoost (catboost/libs/model/flatbuffers/model.fbs). */
export interface CatboostView {
  readonly version: string | undefined
  /** Names of the parts that follow the trees. */
  readonly parts: readonly string[]
  /** What training left: parameters as JSON, versions. */
  readonly info: ReadonlyMap<string, string>
  readonly problem: { readonly kind: 'cut' | 'malformed'; readonly message: string } | undefined
  readonly readBytes: number
  /** Where the core ends; tables of categories may follow. */
  readonly endOffset: number
}

/** Whether bytes begin as a model of CatBoost does. */
export function looksLikeCatboost(head: Uint8Array): boolean {
  return standsAt(head, 'CBM1')
}

/**
 * Reads names and parameters of a model of CatBoost; trees are plain numbers and are not read.
 * @throws SallyportError what the source throws
 */
export async function readCatboost(source: ByteSource, signal?: AbortSignal): Promise<CatboostView> {
  const head = await source.read(0, HEADER_BYTES, signal)
  const length =
    head.length < HEADER_BYTES ? 0 : new DataView(head.buffer, head.byteOffset, 8).getUint32(4, true)
  if (head.length < HEADER_BYTES || HEADER_BYTES + length > source.size)
    return {
      version: undefined,
      parts: [],
      info: new Map(),
      problem: { kind: 'cut', message: `the core claims ${length} bytes` },
      readBytes: head.length,
      endOffset: source.size,
    }
  const reader = new FlatReader(sliceOfSource(source, HEADER_BYTES, length), { maxReads: MAX_READS, signal })
  const root = await reader.root()
  const version = root === undefined ? undefined : await reader.text(root, 0, 256)
  const info = root === undefined ? new Map<string, string>() : await readInfo(reader, root)
  const parts = root === undefined ? [] : await readParts(reader, root)
  const message = reader.problems[0]?.message ?? (root === undefined ? 'the core has no root' : undefined)
  return {
    version,
    parts,
    info,
    problem: message === undefined ? undefined : { kind: 'malformed', message },
    readBytes: head.length + reader.readBytes,
    endOffset: HEADER_BYTES + length,
  }
}

async function readInfo(reader: FlatReader, root: FlatTable): Promise<Map<string, string>> {
  const info = new Map<string, string>()
  const entries = await reader.vector(root, 2, 4)
  for (let i = 0; i < Math.min(entries?.count ?? 0, MAX_ENTRIES); i++) {
    const entry = entries === undefined ? undefined : await reader.tableOf(entries, i)
    const key = entry === undefined ? undefined : await reader.text(entry, 0, 256)
    if (entry !== undefined && key !== undefined)
      info.set(key, (await reader.text(entry, 1, MAX_TEXT_BYTES)) ?? '')
  }
  return info
}

async function readParts(reader: FlatReader, root: FlatTable): Promise<string[]> {
  const parts: string[] = []
  const names = await reader.vector(root, 3, 4)
  for (let i = 0; i < Math.min(names?.count ?? 0, MAX_ENTRIES); i++)
    parts.push((names === undefined ? undefined : await reader.textOf(names, i, 256)) ?? '')
  return parts
}

import type { ByteSource } from '../../ground/lang/index.ts'

export type ImageKind = 'png' | 'gif' | 'jpeg' | 'webp' | 'pdf'

/** A picture or page that lies beside a model: what it is, and where it ends by its own account. */
export interface ImageView {
  readonly kind: ImageKind
  /** First byte after the picture; undefined when it does not say. */
  readonly endOffset: number | undefined
  readonly readBytes: number
}

/** Parts of one picture that are walked over. */
const MAX_PARTS = 200_000

/** With which pictures begin. Most files are none, and are told by one look. */
const FIRST_BYTES: ReadonlySet<number | undefined> = new Set([0x89, 0x47, 0xff, 0x52, 0x25])

/** Which picture begins here, by its magic. */
export function imageKindOf(head: Uint8Array): ImageKind | undefined {
  if (!FIRST_BYTES.has(head[0])) return undefined
  const text = Buffer.from(head.subarray(0, 16)).toString('latin1')
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (/^GIF8[79]a/.test(text)) return 'gif'
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp'
  return text.startsWith('%PDF-') ? 'pdf' : undefined
}

/**
 * Finds where a picture ends, part by part; nothing is decoded.
 * @throws SallyportError what the source throws
 */
export async function readImage(source: ByteSource, signal?: AbortSignal): Promise<ImageView | undefined> {
  const head = await source.read(0, 32, signal)
  const kind = imageKindOf(head)
  if (kind === undefined) return undefined
  if (kind === 'webp') {
    const size = new DataView(head.buffer, head.byteOffset).getUint32(4, true)
    const end = 8 + size + (size & 1)
    return { kind, endOffset: end <= source.size ? end : undefined, readBytes: 12 }
  }
  const walk = { source, signal, readBytes: head.length }
  const endOffset = kind === 'png' ? await endOfPng(walk) : kind === 'gif' ? await endOfGif(walk) : undefined
  return { kind, endOffset, readBytes: walk.readBytes }
}

interface Walk {
  readonly source: ByteSource
  readonly signal: AbortSignal | undefined
  readBytes: number
}

async function read(walk: Walk, at: number, length: number): Promise<Uint8Array> {
  const bytes = await walk.source.read(at, length, walk.signal)
  walk.readBytes += bytes.length
  return bytes
}

/** PNG: chunks with a length, up to IEND (ISO/IEC 15948, 5.3). */
async function endOfPng(walk: Walk): Promise<number | undefined> {
  let at = 8
  for (let i = 0; i < MAX_PARTS; i++) {
    const head = await read(walk, at, 8)
    if (head.length < 8) return undefined
    const view = new DataView(head.buffer, head.byteOffset, 8)
    at += 12 + view.getUint32(0)
    if (at > walk.source.size) return undefined
    if (view.getUint32(4) === 0x4945_4e44) return at
  }
  return undefined
}

/** GIF: blocks of sub-blocks, up to the trailer 0x3b (GIF89a, appendix A). */
async function endOfGif(walk: Walk): Promise<number | undefined> {
  const screen = await read(walk, 6, 7)
  let at = 13 + tableBytes(screen[4] ?? 0)
  for (let i = 0; i < MAX_PARTS; i++) {
    const [mark, , , , , , , , , flags = 0] = await read(walk, at, 10)
    if (mark === 0x3b) return at + 1
    if (mark === 0x21) at += 2
    else if (mark === 0x2c) at += 11 + tableBytes(flags)
    else return undefined
    for (let blocks = 0; ; blocks++) {
      const [length] = await read(walk, at, 1)
      if (length === undefined || blocks > MAX_PARTS) return undefined
      at += 1 + length
      if (length === 0) break
    }
  }
  return undefined
}

function tableBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}

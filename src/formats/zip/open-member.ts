import { createInflateRaw } from 'node:zlib'
import {
  type ByteSource,
  fail,
  ok,
  type Result,
  sliceOfSource,
  sourceOfBytes,
} from '../../ground/lang/index.ts'
import type { ZipMember, ZipView } from './zip-view.ts'

const CHUNK = 256 * 1024

/** A member that can be read, with what is known about how much of it there is. */
export interface OpenMember {
  readonly source: ByteSource
  /** The member inflates to more than the limit or than its header says; `source` holds only the start. */
  readonly isCut: boolean
  /** Bytes read from the archive to open it. */
  readonly readBytes: number
  /** Bytes that inflating made. */
  readonly inflatedBytes: number
  /** Why inflating stopped before its end. */
  readonly reason?: string
}

/**
 * The data of a member: a window of the archive when stored, else inflated up to `maxBytes`, whatever the header says.
 * A damaged member gives what could be read of it.
 */
export async function openMember(
  view: ZipView,
  member: ZipMember,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Result<OpenMember>> {
  if (member.dataOffset === undefined) return fail('the member has no local header')
  if (member.flags & 0x2041 && member.local !== undefined && member.local.flags & 0x2041)
    return fail('the member is encrypted')
  const packed = sliceOfSource(view.source, member.dataOffset, member.compressedBytes)
  // Flag bits and methods that only one of the two headers carries are how payloads hide from some readers (CVE-2025-1945).
  if (member.method === 0) return ok({ source: packed, isCut: false, readBytes: 0, inflatedBytes: 0 })
  if (member.method !== 8) return fail(`compression method ${member.method} is not supported`)
  return ok(await inflate(packed, createInflateRaw(), { maxBytes, signal }))
}

export interface InflateLimits {
  /** Bytes that may come out. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
}

/** Inflates a source through a zlib transform, never beyond the limit, and keeps what came before a fault. */
export async function inflate(
  packed: ByteSource,
  through: NodeJS.ReadWriteStream & { destroy(): unknown },
  limits: InflateLimits,
): Promise<OpenMember> {
  const parts: Uint8Array[] = []
  let size = 0
  let readBytes = 0
  let isCut = false
  let reason: string | undefined
  const feed = async (): Promise<void> => {
    for (let at = 0; at < packed.size && !isCut && reason === undefined; at += CHUNK) {
      const chunk = await packed.read(at, CHUNK, limits.signal)
      readBytes += chunk.length
      if (!through.write(chunk)) await new Promise<void>((resume) => waitFor(through, resume))
    }
    through.end()
  }
  await new Promise<void>((done) => {
    through.on('data', (part: Buffer) => {
      const room = limits.maxBytes - size
      if (part.length > room) isCut = true
      parts.push(part.length > room ? part.subarray(0, room) : part)
      size += Math.min(part.length, room)
      if (isCut) {
        through.destroy()
        done()
      }
    })
    through.on('error', (error: Error) => {
      reason = `the compressed data are damaged: ${error.message}`
      done()
    })
    through.on('end', done)
    feed().catch((error: unknown) => {
      reason = error instanceof Error ? error.message : String(error)
      through.destroy()
      done()
    })
  })
  if (isCut) reason = `it inflates to more than the limit of ${limits.maxBytes} bytes`
  const base = { source: sourceOfBytes(Buffer.concat(parts)), isCut, readBytes, inflatedBytes: size }
  return reason === undefined ? base : { ...base, reason }
}

function waitFor(through: NodeJS.ReadWriteStream, resume: () => void): void {
  for (const event of ['drain', 'close', 'error']) through.once(event, resume)
}

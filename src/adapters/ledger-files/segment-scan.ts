import type { OpenFile } from './file-ops.ts'
import {
  decodeFrameHeader,
  FRAME_HEADER_BYTES,
  type FrameRow,
  padded,
  SECTOR_BYTES,
  type SegmentHeader,
  verifyFrame,
} from './frame.ts'

/** Bytes read at once while looking for frames behind the end. */
const WINDOW_BYTES = 1024 * 1024

/** A frame that is as it was written. */
export interface ScannedFrame {
  readonly offset: number
  readonly firstIndex: number
  readonly rows: readonly FrameRow[]
}

/** Where and why the scan of a segment ended. */
export interface ScanEnd {
  /** Bytes: behind the last good frame. */
  readonly offset: number
  /** Index of the entry that would come next. */
  readonly nextIndex: number
  /** What stands at `offset`: nothing, or a frame that is not whole. */
  readonly broken: string | undefined
  /** Offset of a good frame header behind a broken place: then what is broken had been acknowledged. */
  readonly laterFrame: number | undefined
}

/** Reads frames from `start` on until one is not whole, handing each good one to `visit`. */
export async function scanSegment(
  file: OpenFile,
  header: SegmentHeader,
  start: { readonly offset: number; readonly nextIndex: number },
  visit: (frame: ScannedFrame) => void,
): Promise<ScanEnd> {
  const size = await file.size()
  let { offset, nextIndex } = start
  while (offset < size) {
    const head = await file.read(offset, FRAME_HEADER_BYTES)
    const frame = decodeFrameHeader(header.nonce, head)
    if (frame === undefined || frame.firstIndex !== nextIndex) {
      const isBlank = head.every((byte) => byte === 0)
      const broken = isBlank ? undefined : `no frame for entry ${nextIndex} at byte ${offset}`
      return { offset, nextIndex, broken, laterFrame: await findLaterFrame(file, header, offset, size) }
    }
    const length = FRAME_HEADER_BYTES + frame.payloadBytes
    const rows = verifyFrame(header.nonce, frame, await file.read(offset, Math.min(length, size - offset)))
    if (!rows.ok) {
      const broken = `${rows.error}, at byte ${offset}`
      return { offset, nextIndex, broken, laterFrame: await findLaterFrame(file, header, offset, size) }
    }
    visit({ offset, firstIndex: nextIndex, rows: rows.value })
    nextIndex += frame.count
    offset += padded(length)
  }
  return { offset, nextIndex, broken: undefined, laterFrame: undefined }
}

// A frame is written only when the one before it is on the disk, so a good header behind a bad frame tells damage
// from a commit that was cut off by a crash.
async function findLaterFrame(
  file: OpenFile,
  header: SegmentHeader,
  from: number,
  size: number,
): Promise<number | undefined> {
  for (let at = from + SECTOR_BYTES; at < size; at += WINDOW_BYTES) {
    const window = await file.read(at, WINDOW_BYTES)
    for (let i = 0; i + FRAME_HEADER_BYTES <= window.length; i += SECTOR_BYTES)
      if (decodeFrameHeader(header.nonce, window.subarray(i)) !== undefined) return at + i
  }
  return undefined
}

import type { Socket } from 'node:net'
import { deserialize, serialize } from 'node:v8'
import { SallyportError } from '../../ground/lang/index.ts'

/** Bytes of one message: above the largest report that may be handed in (64 MiB), so that none is refused on the way. */
const MAX_FRAME_BYTES = 96 * 1024 * 1024
/** Bytes of the length before each message. */
const HEAD_BYTES = 4

/** A message as V8 clones it between processes: bytes, dates and maps arrive as what they were. */
export function writeFrame(socket: Socket, message: unknown): void {
  if (socket.destroyed || socket.writableEnded) return
  const body = serialize(message)
  if (body.length > MAX_FRAME_BYTES) throw tooLong(body.length)
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(body.length)
  socket.write(Buffer.concat([head, body]))
}

/**
 * Tells of each whole message.
 * @param on its failures end the line, as does a message that is too long or cannot be read
 */
export function readFrames(socket: Socket, on: (message: unknown) => void): void {
  const waiting: Waiting = { parts: [], bytes: 0 }
  socket.on('data', (part: Buffer) => {
    waiting.parts.push(part)
    waiting.bytes += part.length
    try {
      for (let body = takeFrame(waiting); body !== undefined; body = takeFrame(waiting)) on(deserialize(body))
    } catch (cause) {
      socket.destroy(cause instanceof Error ? cause : new Error(String(cause)))
    }
  })
}

/** What arrived and was not read yet. */
interface Waiting {
  parts: Buffer[]
  bytes: number
}

/** The next message, once all of it is here. */
function takeFrame(waiting: Waiting): Buffer | undefined {
  if (waiting.bytes < HEAD_BYTES) return undefined
  // Joined only when the head is in pieces, or all of it is here: a long message arrives in thousands of parts.
  if ((waiting.parts[0]?.length ?? 0) < HEAD_BYTES) waiting.parts = [Buffer.concat(waiting.parts)]
  const length = waiting.parts[0]?.readUInt32BE(0) ?? 0
  if (length > MAX_FRAME_BYTES) throw tooLong(length)
  const end = HEAD_BYTES + length
  if (waiting.bytes < end) return undefined
  const all = Buffer.concat(waiting.parts)
  waiting.parts = [all.subarray(end)]
  waiting.bytes = all.length - end
  return all.subarray(HEAD_BYTES, end)
}

function tooLong(bytes: number): SallyportError {
  return new SallyportError('TOO_LARGE', `${bytes} bytes are more than one message may have`)
}

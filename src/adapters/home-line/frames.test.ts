import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFrames, writeFrame } from './frames.ts'

/** A socket whose far end is the test. */
class Held extends Duplex {
  readonly written: Buffer[] = []
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk)
    done()
  }
}

function bytesOf(messages: readonly unknown[]): Buffer {
  const held = new Held()
  for (const message of messages) writeFrame(held as unknown as Socket, message)
  return Buffer.concat(held.written)
}

/** What is read when the bytes come in pieces of these lengths, again and again. */
async function readIn(bytes: Buffer, lengths: readonly number[]): Promise<unknown[]> {
  const held = new Held()
  held.on('error', () => undefined)
  const seen: unknown[] = []
  readFrames(held as unknown as Socket, (message) => seen.push(message))
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1
    held.push(bytes.subarray(at, at + length))
    at += length
  }
  await new Promise((done) => setImmediate(done))
  return seen
}

const MESSAGE = fc.oneof(
  fc.jsonValue(),
  fc.uint8Array({ maxLength: 300 }),
  fc.record({ id: fc.nat(), when: fc.date({ noInvalidDate: true }), none: fc.constant(undefined) }),
)

test('however messages are cut on the way, they arrive as they were sent and in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(MESSAGE, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      async (messages, lengths) => {
        const seen = await readIn(bytesOf(messages), lengths)
        expect(seen).toEqual(messages)
      },
    ),
    { numRuns: 500 },
  )
})

test('no bytes throw, and what was sent before a broken message still arrives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(MESSAGE, { maxLength: 2 }),
      fc.uint8Array({ maxLength: 200 }),
      async (sent, rest) => {
        const seen = await readIn(Buffer.concat([bytesOf(sent), rest]), [7])
        expect(seen.slice(0, sent.length)).toEqual(sent)
      },
    ),
    { numRuns: 2000 },
  )
})

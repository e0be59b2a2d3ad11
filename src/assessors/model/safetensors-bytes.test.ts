import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { bytesOf, call, imported, stream, text } from './assemble-pickle.ts'
import { assessFile } from './assess-model.ts'

const ACTS = bytesOf(stream(call(imported('os', 'system'), text('echo sallyport'))))

/** A file of one tensor of bytes. */
function file(bytes: Uint8Array): Uint8Array {
  const header = JSON.stringify({
    w: { dtype: 'U8', shape: [bytes.length], data_offsets: [0, bytes.length] },
  })
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true)
  return Buffer.concat([length, Buffer.from(padded), bytes])
}

const verdictOf = async (bytes: Uint8Array) =>
  (await assessFile('model.safetensors', sourceOfBytes(file(bytes)))).verdict

test('a pickle that acts is found where a tensor of bytes stands', async () => {
  expect(await verdictOf(ACTS)).toBe('malicious')
})

test('bytes that only begin like one are clean', async () => {
  expect(await verdictOf(Uint8Array.from({ length: 64 }, (_, i) => [0x80, 4][i] ?? i))).toBe('clean')
})

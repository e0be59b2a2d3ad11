import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sliceOfSource, sourceOfBytes } from './byte-source.ts'
import { compareUtf8, concatBytes, fromHex, toHex, utf8, utf8Text } from './bytes.ts'
import { SallyportError } from './sallyport-error.ts'
import { uuidV7 } from './uuid.ts'

const same = (a: Uint8Array, b: Uint8Array) => Buffer.from(a).equals(Buffer.from(b))

test('hex goes there and back, and nothing else is hex', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      expect(fromHex(toHex(bytes).toUpperCase())).toEqual(Uint8Array.from(bytes))
    }),
  )
  for (const text of ['a', 'zz', '0x', ' 0', '0\n']) expect(fromHex(text)).toBeUndefined()
})

test('text goes there and back unless it holds a lone surrogate; bytes that are no text are none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      if (text.isWellFormed()) expect(utf8Text(utf8(text))).toBe(text)
    }),
  )
  expect(utf8Text(Uint8Array.of(0xc0, 0x80))).toBeUndefined()
  expect(utf8Text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
})

test('texts compare as their UTF-8 bytes do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
  expect(compareUtf8('\uff5e', '\u{1f600}')).toBeLessThan(0)
})

test('parts joined are the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (parts) => {
      expect(same(concatBytes(parts), Buffer.concat(parts))).toBe(true)
    }),
  )
})

test('a source gives the bytes that are there, wherever and however one asks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array(),
      fc.integer({ min: -5, max: 50 }),
      fc.integer({ min: -5, max: 50 }),
      async (bytes, at, length) => {
        const start = Math.max(0, at)
        const expected = bytes.slice(start, start + Math.max(0, length))
        expect(same(await sourceOfBytes(bytes).read(at, length), expected)).toBe(true)
      },
    ),
  )
})

test('a slice never shows a byte outside it', async () => {
  const quantity = fc.integer({ min: -5, max: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array(),
      fc.tuple(quantity, quantity, quantity, quantity),
      async (bytes, [start, size, at, length]) => {
        const from = Math.min(Math.max(0, start), bytes.length)
        const window = bytes.slice(from, from + Math.max(0, size))
        const slice = sliceOfSource(sourceOfBytes(bytes), start, size)
        expect(slice.size).toBe(window.length)
        expect(same(await slice.read(at, length), await sourceOfBytes(window).read(at, length))).toBe(true)
      },
    ),
  )
})

test('an aborted read says so', async () => {
  const reading = sourceOfBytes(Uint8Array.of(1)).read(0, 1, AbortSignal.abort(new Error('enough')))
  await expect(reading).rejects.toMatchObject({
    code: 'ABORTED',
    cause: expect.objectContaining({ message: 'enough' }),
  })
})

test('a UUIDv7 holds its time, its version and its variant, and sorts by time', () => {
  // RFC 9562 appendix A.6.
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f])
  expect(uuidV7(new Date(0x017f22e279b0), random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
  const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 })
  fc.assert(
    fc.property(fc.nat(), fc.nat(), bytes, bytes, (a, b, x, y) => {
      const [one, other] = [uuidV7(new Date(a), x), uuidV7(new Date(b), y)]
      expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      if (a < b) expect(one < other).toBe(true)
    }),
  )
})

test('an error keeps its code, its cause and its detail', () => {
  const cause = new Error('below')
  const error = new SallyportError('LOG_CORRUPT', 'above', { cause, detail: { index: 3 } })
  expect(error).toMatchObject({ name: 'SallyportError', code: 'LOG_CORRUPT', cause, detail: { index: 3 } })
  expect('cause' in new SallyportError('BAD_INPUT', 'x')).toBe(false)
})

import type { MsgpackSight } from '../../../../formats/msgpack/index.ts'
import { type Example, example, type ModelRule } from '../../rule.ts'

/** ndarray and scalar of Flax: a list of shape, name of the type, and bytes (flax/serialization.py, _ndarray_to_bytes). */
const ARRAY_TYPES = new Set([1, 3])

export const msgpackArray: ModelRule = {
  id: 'msgpack/odd-array',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'An array of the checkpoint is not what it says',
  source: 'https://flax-linen.readthedocs.io/en/latest/api_reference/flax.serialization.html',
  taxonomy: ['CWE-20', 'CWE-789', 'CWE-502'],
  why: 'Flax makes an array of the bytes by the shape and type beside them. Objects of Python cannot be kept so, and a shape far beyond the bytes has loaders reserve memory that nobody has.',
  remedy: 'Do not load the checkpoint; ask for one that Flax wrote.',
  examples: {
    fires: [
      msgpack('\x81\xa1w\xc7\x0e\x01\x93\x91\x01\xa6object\xc4\x02\0\0'),
      msgpack('\x81\xa1w\xc7\x13\x01\x93\x91\xce\x7f\xff\xff\xff\xa7float32\xc4\x02\0\0'),
    ],
    silent: [
      msgpack('\x81\xa1w\xc7\x11\x01\x93\x91\x01\xa7float32\xc4\x04\0\0\0\0'),
      msgpack('\x81\xa1w\xc7\x0b\x01\x93\x90\xa4int8\xc4\x01\0'),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'msgpack') return []
    return subject.view.sights
      .filter(({ kind, type }) => kind === 'extension' && ARRAY_TYPES.has(type ?? 0))
      .flatMap((sight) => {
        const fault = faultOf(sight)
        return fault === undefined
          ? []
          : [{ key: sight.path, message: `${sight.path} ${fault}`, offset: sight.offset }]
      })
      .slice(0, 20)
  },
}

function msgpack(latin1: string): Example {
  return example('a.msgpack', latin1)
}

/** What is wrong with an array, by its first bytes; undefined for a good one, and for one with more dimensions than are shown. */
function faultOf({ head, length }: MsgpackSight): string | undefined {
  const [list, dimensions = 0] = head
  if (list !== 0x93 || dimensions < 0x90 || dimensions > 0x9f) return undefined
  const shape = shapeOf(head, dimensions & 0x0f)
  if (shape === undefined) return undefined
  const marker = head[shape.at] ?? 0
  if (marker < 0xa0 || marker > 0xbf) return undefined
  const type = Buffer.from(head.subarray(shape.at + 1, shape.at + 1 + (marker & 0x1f))).toString('latin1')
  if (/^(?:object|O|\|O)/.test(type)) return `holds objects of Python (${type})`
  // An eighth of a byte for each number: types of less than a byte are packed by some.
  return shape.count / 8n > BigInt(length)
    ? `claims ${shape.count} numbers, and has ${length} bytes`
    : undefined
}

/** The product of the dimensions, and where they end; undefined when they are not whole numbers within the first bytes. */
function shapeOf(head: Uint8Array, dimensions: number): { count: bigint; at: number } | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  let at = 2
  let count = 1n
  for (let i = 0; i < dimensions; i++) {
    const marker = head[at] ?? 0xc0
    const bytes = marker <= 0x7f ? 0 : (NUMBER_BYTES[marker] ?? -1)
    if (bytes < 0 || at + 1 + bytes > head.length) return undefined
    count *= bytes === 0 ? BigInt(marker) : wholeAt(view, at + 1, bytes)
    at += 1 + bytes
  }
  return { count, at }
}

/** Bytes of the whole numbers of MessagePack that have no sign, by marker. */
const NUMBER_BYTES: Readonly<Record<number, number>> = { 204: 1, 205: 2, 206: 4, 207: 8 }

function wholeAt(view: DataView, at: number, bytes: number): bigint {
  let value = 0n
  for (let i = 0; i < bytes; i++) value = (value << 8n) | BigInt(view.getUint8(at + i))
  return value
}

import { MODEL_RULES } from '../../src/assessors/model/index.ts'
import { zip } from './make-archive.ts'

/** A file that a rule brings as its example: the formats whose writers are long are written beside their rules. */
export function exampleOf(ruleId: string, name: string): Uint8Array {
  const rule = MODEL_RULES.find(({ id }) => id === ruleId)
  const found = rule?.examples.fires.find((example) => example.name === name)
  if (found === undefined) throw new Error(`${ruleId} has no example ${name}`)
  return found.bytes
}

/** `lambda x: (__import__('os').system('true'), x)[1]`, compiled by CPython 3.11. */
export const LAMBDA =
  '4wEAAAAAAAAAAAAAAAMAAAADAAAA81YAAACXAHQBAAAAAAAAAAAAAGQBpgEAAKsBAAAAAAAAAACgAQAAAAAAAAAAAAAAAAAAAAAAAAAAZAKmAQAAqwEAAAAAAAAAAHwAZgJkAxkAAAAAAAAAAABTACkETtoCb3PaBHRydWXpAQAAACkC2gpfX2ltcG9ydF9f2gZzeXN0ZW0pAdoBeHMBAAAAIPoEbS5wefoIPGxhbWJkYT5yCQAAAAEAAABzJgAAAIAAjTqQZNELG9QLG9cLItILIqA20Qsq1AsqqEHQCi6ocdQKMYAA8wAAAAA='

/** A layer of Keras 3. */
export const layer = (module: string, class_name: string, config: unknown, more = {}) => ({
  module,
  class_name,
  config,
  registered_name: null,
  ...more,
})

/** A Lambda layer of Keras 3 around compiled code. */
export const lambda = (more = {}) =>
  layer(
    'keras.layers',
    'Lambda',
    {
      name: 'lambda',
      function: { class_name: '__lambda__', config: { code: LAMBDA, defaults: null, closure: null } },
    },
    more,
  )

/** What a layer calls by name when it is made. */
export const functionOf = (module: string, name: string) =>
  layer('keras.layers', 'Dense', {
    name: 'dense',
    units: 1,
    activation: { module, class_name: 'function', config: name, registered_name: name },
  })

/** The configuration of a Sequential model of Keras 3. */
export function kerasConfig(layers: readonly unknown[]): string {
  return JSON.stringify(layer('keras', 'Sequential', { name: 'sequential', layers }))
}

/** A `.keras` archive; its weights are an array of NumPy or what is given. */
export function keras(
  config: string,
  weights: readonly [string, string] = ['model.weights.npz', ''],
): Buffer {
  return zip([
    { name: 'metadata.json', text: '{"keras_version": "3.8.0", "date_saved": "2025-01-01@00:00:00"}' },
    { name: 'config.json', text: config },
    ...(weights[1] === '' ? [] : [{ name: weights[0], text: weights[1] }]),
  ])
}

/** A field of a protobuf message: a number, a text (one character a byte) or an inner message. */
export type Field = readonly [number, number | string | readonly Field[]]

/** A protobuf message, one character a byte. */
function message(fields: readonly Field[]): string {
  const varint = (value: number): string =>
    value < 128
      ? String.fromCharCode(value)
      : String.fromCharCode((value & 127) | 128) + varint(Math.floor(value / 128))
  return fields
    .map(([number, value]) => {
      if (typeof value === 'number') return varint(number << 3) + varint(value)
      const inner = typeof value === 'string' ? value : message(value)
      return varint((number << 3) | 2) + varint(inner.length) + inner
    })
    .join('')
}

/** An ONNX model with one tensor that stands in another file. */
export function onnx(location: string): string {
  const entry = (key: string, value: string): Field => [
    13,
    [
      [1, key],
      [2, value],
    ],
  ]
  const tensor: Field = [5, [[1, 4], [2, 1], [8, 'w'], entry('location', location), [14, 1]]]
  return message([
    [1, 8],
    [2, 'sallyport'],
    [7, [tensor, [2, 'g']]],
    [
      8,
      [
        [1, ''],
        [2, 17],
      ],
    ],
  ])
}

/** A GGUF file with one text in its metadata (docs/gguf.md of ggml). */
export function gguf(key: string, value: string): Buffer {
  const count = (number: number): Buffer => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(number))
    return bytes
  }
  const text = (words: string): Buffer => Buffer.concat([count(Buffer.byteLength(words)), Buffer.from(words)])
  return Buffer.concat([
    Buffer.from('GGUF\x03\0\0\0'),
    count(0),
    count(1),
    text(key),
    Buffer.from([8, 0, 0, 0]),
    text(value),
  ])
}

/** An array of NumPy whose elements are a pickle (NEP 1). */
export function npy(pickle: string): string {
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(117)
  return `\x93NUMPY\x01\0\x76\0${header}\n${pickle}`
}

/** A TorchScript archive with one method of one line. */
export function torchScript(line: string): Buffer {
  const code = `class M(Module):\n  __parameters__ = []\n  training : bool\n  def forward(self: __torch__.m.M,\n    x: Tensor) -> Tensor:\n    ${line}\n    return x\n`
  return zip([
    { name: 'm/data.pkl', text: '\x80\x02}.' },
    { name: 'm/code/__torch__/m.py', text: code },
    { name: 'm/constants.pkl', text: '\x80\x02).' },
    { name: 'm/version', text: '3\n' },
  ])
}

/** A PyTorch archive around a pickle, with one storage. */
export function torch(pickle: string, storage = '\0\0\0\0'): Buffer {
  return zip([
    { name: 'm/data.pkl', text: pickle },
    { name: 'm/byteorder', text: 'little' },
    { name: 'm/data/0', text: storage },
    { name: 'm/version', text: '3\n' },
  ])
}

/** A node of the schema of skops. */
export const node = (loader: string, type: string, more = {}) => ({
  __class__: type.slice(type.lastIndexOf('.') + 1),
  __module__: type.slice(0, type.lastIndexOf('.')),
  __loader__: loader,
  ...more,
})

/** A skops file (skops/io). */
export function skops(root: object): Buffer {
  const text = JSON.stringify({ ...root, protocol: 2, _skops_version: '0.11.0' })
  return zip([{ name: 'schema.json', text }])
}

/** An R promise that calls a function with a text, in the ASCII form of serialize() (R Internals 1.8). */
export function promise(name: string, argument: string): string {
  const text = (words: string): string => `16\n1\n262153\n${words.length}\n${words}\n`
  const symbol = `1\n262153\n${name.length}\n${name}\n`
  const call = `6\n${symbol}2\n${text(argument)}254\n`
  // The value is unbound, so that the expression runs when the promise is first looked at.
  return `A\n2\n262657\n131840\n5\n252\n${call}`
}

import type { Example } from '../../rule.ts'

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytes
}
const chars = (text: string): Buffer => Buffer.concat([int(text.length), Buffer.from(text, 'latin1')])

/** A text value. */
export const luaText = (text: string): Buffer => Buffer.concat([int(2), chars(text)])

/** A table with texts for keys; `index` tells objects of one file apart. */
export const luaTable = (index: number, values: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat([
    int(3),
    int(index),
    int(Object.keys(values).length),
    ...Object.entries(values).flatMap(([key, value]) => [luaText(key), value]),
  ])

/** An object of a class, with its fields. */
export const luaObject = (index: number, name: string, body: Buffer): Buffer =>
  Buffer.concat([int(4), int(index), chars('V 1'), chars(name), body])

/** A tensor of three numbers. */
export const luaTensor = (index: number): Buffer =>
  luaObject(
    index,
    'torch.FloatTensor',
    Buffer.concat([
      int(1),
      long(3),
      long(1),
      long(1),
      luaObject(index + 1, 'torch.FloatStorage', Buffer.concat([long(3), Buffer.alloc(12)])),
    ]),
  )

/** A function whose bytecode has these constants. */
export const luaFunction = (index: number, words: readonly string[]): Buffer => {
  const code = `\x1bLJ\x02\x08${words.map((word) => `${String.fromCharCode(5 + word.length)}${word}`).join('')}\0`
  return Buffer.concat([int(8), int(index), chars(code), int(0)])
}

/** A file of torch.save. */
export function torch7File(root: Buffer): Example {
  return { name: 'a.t7', bytes: new Uint8Array(root) }
}

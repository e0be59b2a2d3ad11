import { Hdf5Break, type Hdf5Cursor, nameOf } from './hdf5-bytes.ts'

/** A link as a group holds it. */
export type FoundLink =
  | { readonly kind: 'hard'; readonly name: string; readonly address: number }
  | { readonly kind: 'soft'; readonly name: string; readonly target: string }
  | { readonly kind: 'external'; readonly name: string; readonly target: string; readonly targetPath: string }
  | { readonly kind: 'user'; readonly name: string; readonly target: string }

const SOFT = 1
const EXTERNAL = 64

/** A link message (specification IV.A.2.g), from a header or a fractal heap. @throws Hdf5Break */
export function readLinkMessage(body: Hdf5Cursor): FoundLink {
  const start = body.address
  const version = body.u8()
  if (version !== 1) throw new Hdf5Break('broken', `link message version ${version}`, start)
  const flags = body.u8()
  const type = (flags & 8) !== 0 ? body.u8() : 0
  if ((flags & 4) !== 0) body.skip(8)
  if ((flags & 0x10) !== 0) body.skip(1)
  const name = nameOf(body.take(body.uint(1 << (flags & 3))))
  if (type === 0) return { kind: 'hard', name, address: body.offset() }
  const value = body.take(body.u16())
  if (type === SOFT) return { kind: 'soft', name, target: nameOf(value) }
  if (type === EXTERNAL) return { kind: 'external', name, ...readExternal(value) }
  if (type > EXTERNAL)
    return { kind: 'user', name, target: `class ${type}: ${nameOf(value.subarray(0, 200))}` }
  throw new Hdf5Break('broken', `link type ${type}`, start)
}

/** One byte of version and flags, then two texts with a NUL behind each. */
function readExternal(value: Uint8Array): { target: string; targetPath: string } {
  const [target = '', targetPath = ''] = nameOf(value.subarray(1)).split('\0', 2)
  return { target, targetPath }
}

import type { Example } from '../../rule.ts'

/** A piece of a serialised R object, for examples. */
export type RPiece = Buffer

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}

const TAG = 1 << 10
const ATTRIBUTES = 1 << 9
const NULL_FLAGS = 254

/** `NULL`. */
const rNull: RPiece = int(NULL_FLAGS)
/** The value of a promise that was not evaluated. */
const UNBOUND = int(252)
const rGlobal: RPiece = int(253)
const MISSING = int(251)

const characters = (text: string): Buffer =>
  Buffer.concat([int(9 | (1 << 18)), int(Buffer.byteLength(text)), Buffer.from(text)])

/** A symbol; each time anew, which readers allow. */
export const rSymbol = (name: string): RPiece => Buffer.concat([int(1), characters(name)])

/** Character vector. */
export const rText = (...texts: string[]): RPiece =>
  Buffer.concat([int(16), int(texts.length), ...texts.map(characters)])

/** Integer vector. */
export const rInts = (...values: number[]): RPiece =>
  Buffer.concat([int(13), int(values.length), ...values.map(int)])

/** A call of a function by name. */
export const rCall = (name: string, ...args: RPiece[]): RPiece => rCallOf(rSymbol(name), ...args)

/** A call of any expression. */
export const rCallOf = (callee: RPiece, ...args: RPiece[]): RPiece =>
  Buffer.concat([int(6), callee, ...args.flatMap((arg) => [int(2), arg]), rNull])

/** A promise that is not yet evaluated, or one that has `value`. */
export const rPromise = (code: RPiece, value: RPiece = UNBOUND): RPiece =>
  Buffer.concat([int(5 | TAG), rGlobal, value, code])

/** `function(x) body`, in the global environment. */
export const rFunction = (body: RPiece): RPiece =>
  Buffer.concat([int(3 | TAG), rGlobal, int(2 | TAG), rSymbol('x'), MISSING, rNull, body])

/** Named values as a pairlist; a name that begins with `!` is an active binding. */
const rPairs = (values: Readonly<Record<string, RPiece>>): RPiece =>
  Buffer.concat([
    ...Object.entries(values).flatMap(([name, value]) => {
      const isActive = name.startsWith('!')
      return [int(2 | TAG | (isActive ? 1 << 27 : 0)), rSymbol(isActive ? name.slice(1) : name), value]
    }),
    rNull,
  ])

/** A list with names, and with a class when one is given. */
export const rList = (values: Readonly<Record<string, RPiece>>, className?: string): RPiece =>
  Buffer.concat([
    int(19 | ATTRIBUTES),
    int(Object.keys(values).length),
    ...Object.values(values),
    rPairs({
      names: rText(...Object.keys(values)),
      ...(className === undefined ? {} : { class: rText(className) }),
    }),
  ])

/** A call with attributes, such as the terms of a model. */
export const rTerms = (
  attributes: Readonly<Record<string, RPiece>>,
  name: string,
  ...args: RPiece[]
): RPiece =>
  Buffer.concat([
    int(6 | ATTRIBUTES),
    rPairs(attributes),
    rSymbol(name),
    ...args.flatMap((arg) => [int(2), arg]),
    rNull,
  ])

/** An environment with variables. */
export const rEnvironment = (values: Readonly<Record<string, RPiece>>): RPiece =>
  Buffer.concat([int(4), int(0), rGlobal, rPairs(values), rNull, rNull])

/** A compact vector of another package's class. */
export const rAltrep = (className: string, packageName: string, state: RPiece): RPiece =>
  Buffer.concat([
    int(238),
    int(2),
    rSymbol(className),
    int(2),
    rSymbol(packageName),
    int(2),
    rInts(13),
    rNull,
    state,
    rNull,
  ])

/** An external pointer. */
export const rPointer: RPiece = Buffer.concat([int(22), rNull, rNull])

const header = (version: number): Buffer =>
  Buffer.concat([
    Buffer.from('X\n'),
    int(version),
    int(0x040202),
    int(version === 2 ? 0x020300 : 0x030500),
    ...(version === 2 ? [] : [int(5), Buffer.from('UTF-8')]),
  ])

/** A file of saveRDS(compress = FALSE). */
export function rdsFile(root: RPiece, version = 3): Example {
  return { name: 'a.rds', bytes: new Uint8Array(Buffer.concat([header(version), root])) }
}

/** A file of save(compress = FALSE). */
export function rdaFile(values: Readonly<Record<string, RPiece>>): Example {
  return {
    name: 'a.rda',
    bytes: new Uint8Array(Buffer.concat([Buffer.from('RDX3\n'), header(3), rPairs(values)])),
  }
}

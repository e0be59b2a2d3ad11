import { createHash } from 'node:crypto'
import { problemOfName } from '../../ground/domain/index.ts'
import { type JsonObject, listOf, malformed, objectOf, textOf } from './json-fields.ts'
import { OMS_HASHES, type OmsHash, type OmsManifest, type OmsResource } from './oms-view.ts'
import { strictJson } from './read-bundle.ts'

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
/** The predicate type of OMS v1.0; others are other claims, however well signed. */
export const OMS_PREDICATE_TYPE = 'https://model_signing/signature/v1.0'
/** What release 0.2.0 of the reference wrote. */
const OLD_PREDICATE_TYPE = 'https://model_signing/Digests/v0.1'

/** Files of one model, and runs of them; the limit of a manifest. */
const MAX_RESOURCES = 200_000
/** Paths left out; people name a handful. */
const MAX_IGNORED = 10_000
/** Characters of hex: BLAKE2b has 512 bits. */
const HEX_LENGTH: Readonly<Record<OmsHash, number>> = { sha256: 64, blake2b: 128, blake3: 64 }

/** Whether a payload is of the old form, which was signed over other bytes. */
export function isOldStatement(payload: Uint8Array): boolean {
  // Most are not; reading a long list twice would cost as much as hashing some of its files.
  if (!Buffer.from(payload.buffer, payload.byteOffset, payload.length).includes('Digests')) return false
  return objectOf(strictJson(payload), 'its statement').predicateType === OLD_PREDICATE_TYPE
}

/**
 * The manifest in a payload that was verified. Strict where the reference is not: one name stands once and stays inside,
 * the list is not empty, the root is counted again, the predicate type is looked at.
 * @throws SallyportError `SIGNATURE_INVALID`
 */
export function readOmsStatement(payload: Uint8Array): OmsManifest {
  const statement = objectOf(strictJson(payload), 'its statement')
  if (statement._type !== STATEMENT_TYPE)
    throw malformed(`its statement is not of the type ${STATEMENT_TYPE}`)
  const subjects = listOf(statement.subject, 'its subject')
  const type = textOf(statement.predicateType, 'its predicateType')
  if (type === OLD_PREDICATE_TYPE) return readOld(subjects)
  if (type !== OMS_PREDICATE_TYPE)
    throw malformed(`it claims "${type.slice(0, 200)}" and not ${OMS_PREDICATE_TYPE}`)
  const predicate = objectOf(statement.predicate, 'its predicate')
  const serialization = serializationOf(objectOf(predicate.serialization, 'its serialization'))
  const list = listOf(predicate.resources, 'its list of files')
  mustBeSome(list.length)
  const resources = list.map((value) => resourceOf(objectOf(value, 'a file'), serialization))
  mustBeDistinct(resources)
  return { version: 'v1.0', ...subjectOf(subjects, resources), ...serialization, resources }
}

function mustBeSome(count: number): void {
  if (count === 0) throw malformed('it lists no files; an empty list would hold for any model')
  if (count > MAX_RESOURCES) throw malformed(`it lists ${count} files; the limit is ${MAX_RESOURCES}`)
}

function subjectOf(subjects: readonly unknown[], resources: readonly OmsResource[]) {
  if (subjects.length !== 1) throw malformed(`it has ${subjects.length} subjects; one is wanted`)
  const subject = objectOf(subjects[0], 'its subject')
  const name = textOf(subject.name, "its subject's name")
  const root = hexOf(objectOf(subject.digest, "its subject's digest").sha256, 'sha256', 'its root')
  if (rootOfDigests(resources.map(({ digest }) => digest)) !== root)
    throw malformed('its root is not that of the files it lists')
  return { name, root }
}

/** SHA-256 over raw digests in the order given (OMS v1.0 section 6.5.1), hex. */
export function rootOfDigests(digests: readonly string[]): string {
  const hash = createHash('sha256')
  for (const digest of digests) hash.update(Buffer.from(digest, 'hex'))
  return hash.digest('hex')
}

function serializationOf(fields: JsonObject) {
  const hash = OMS_HASHES.find((known) => known === fields.hash_type)
  if (hash === undefined) throw malformed(`its hash_type is none of ${OMS_HASHES.join(', ')}`)
  if (typeof fields.allow_symlinks !== 'boolean')
    throw malformed('it does not say whether links were followed')
  return {
    hash,
    shardSize: shardSizeOf(fields),
    allowSymlinks: fields.allow_symlinks,
    ignorePaths: ignoredOf(fields.ignore_paths),
  }
}

function shardSizeOf({ method, shard_size: size }: JsonObject): number | undefined {
  if (method === 'files') {
    if (size !== undefined) throw malformed('it has a shard_size, and hashes whole files')
    return undefined
  }
  if (method !== 'shards') throw malformed('its method is neither files nor shards')
  // The reference writes 100000000.0, which is the same number in JSON.
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size <= 0)
    throw malformed('its shard_size is no positive integer')
  return size
}

function ignoredOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  const list = listOf(value, 'its list of ignored paths')
  if (list.length > MAX_IGNORED) throw malformed(`it ignores more than ${MAX_IGNORED} paths`)
  return list.map((item) => {
    const path = textOf(item, 'an ignored path')
    const problem = problemOfIgnored(path)
    if (problem !== undefined) throw malformed(problem)
    return path
  })
}

/** Why a path may not be ignored: it would be the model itself, or lead out of it. Undefined when it may. */
export function problemOfIgnored(path: string): string | undefined {
  if (path === '.' || path === './') return 'it ignores ".", which is the whole model'
  // Section 6.2.1: exact relative paths. A star or question mark may stand in a file's name; as a pattern it is read nowhere.
  const problem = problemOfName(path.replace(/^\.\//, '').replace(/\/$/, ''))
  return problem === undefined ? undefined : `it ignores a path that is none inside the model: ${problem}`
}

interface Serialization {
  readonly hash: OmsHash
  readonly shardSize: number | undefined
}

function resourceOf(fields: JsonObject, { hash, shardSize }: Serialization): OmsResource {
  const name = textOf(fields.name, "a file's name")
  // The reference writes sha256-sharded-SIZE where the specification has sha256.
  const isNamed =
    fields.algorithm === hash ||
    (shardSize !== undefined && fields.algorithm === `${hash}-sharded-${shardSize}`)
  if (!isNamed) throw malformed(`the hash of ${shown(name)} is not ${hash}, as its hash_type says`)
  const digest = hexOf(fields.digest, hash, `the digest of ${shown(name)}`)
  if (shardSize === undefined) return { file: checked(name), digest }
  const [, file, start, end] = /^(.+):(\d{1,15}):(\d{1,15})$/s.exec(name) ?? []
  if (file === undefined) throw malformed(`${shown(name)} states no range, and it hashes runs of files`)
  return { file: checked(file), digest, range: { start: Number(start), end: Number(end) } }
}

/** A model of one file has the name "." in releases before the specification; it is the only one that is no name. */
function checked(name: string): string {
  if (name === '.') return name
  const problem = problemOfName(name)
  if (problem !== undefined) throw malformed(problem)
  return name
}

function hexOf(value: unknown, hash: OmsHash, what: string): string {
  if (typeof value !== 'string' || value.length !== HEX_LENGTH[hash] || !/^[0-9a-f]+$/.test(value))
    throw malformed(`${what} is no ${hash} in lower-case hex`)
  return value
}

function mustBeDistinct(resources: readonly OmsResource[]): void {
  const seen = new Set<string>()
  for (const { file, range } of resources) {
    const key = range === undefined ? file : `${file}:${range.start}`
    if (seen.has(key)) throw malformed(`it lists ${shown(file)} twice`)
    seen.add(key)
  }
  if (seen.has('.') && seen.size > 1) throw malformed('it lists "." beside other files')
}

function readOld(subjects: readonly unknown[]): OmsManifest {
  mustBeSome(subjects.length)
  const resources = subjects.map((value) => {
    const { name, digest } = objectOf(value, 'a file')
    const file = checked(textOf(name, "a file's name"))
    return {
      file,
      digest: hexOf(objectOf(digest, 'a digest').sha256, 'sha256', `the digest of ${shown(file)}`),
    }
  })
  mustBeDistinct(resources)
  return {
    version: 'v0.1',
    name: 'model',
    root: undefined,
    ...{ hash: 'sha256', shardSize: undefined, allowSymlinks: false, ignorePaths: undefined },
    resources,
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 120))
}

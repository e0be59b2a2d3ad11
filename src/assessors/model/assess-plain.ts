import {
  isFollowed,
  isRebuilder,
  MAX_PLAIN_BYTES,
  PlainReader,
  type PlainRole,
} from '../../formats/pickle/index.ts'
import { mayHoldZip } from '../../formats/zip/index.ts'
import type { FileAssessment } from '../../ground/domain/index.ts'
import { mayExhaust } from './exhausting-call.ts'
import { isLoader, isUnpacker } from './judge-call.ts'
import { recognisersOfPickle } from './pickle-recognisers.ts'
import { isResource } from './resource-names.ts'
import { STANDARD_POLICY } from './standard-policy.ts'
import { STATE_WORDS } from './state-code.ts'
import { isOrdinaryName } from './walk-around.ts'
import { HEAD_BYTES } from './walker.ts'
import { isTellingBytes } from './words/secrets/telling-text.ts'

const PROTO = 0x80

/** Packages of which more than the role of a name counts: what their objects do with a state, or read on from the file by themselves. */
const OWN_WAYS = /^(?:torch|joblib|scipy\.stats|statsmodels|sklearn\.externals|types)(?:\.|$)/

let reader: PlainReader | undefined

/**
 * What `assessFile` would say of a small file, at once, where that is: a pickle, looked at in full, and nothing found. Undefined
 * for every other file, and wherever it would take more to know. Every recogniser is asked here too. ADR 0014.
 * Takes microseconds, in proportion to the bytes.
 */
export function assessPlain(path: string, bytes: Uint8Array): FileAssessment | undefined {
  const sizeBytes = bytes.length
  if (bytes[0] !== PROTO || sizeBytes > MAX_PLAIN_BYTES || !isOrdinaryName(path, FORMAT)) return undefined
  reader ??= new PlainReader({ judge, words: STATE_WORDS, isTelling: isTellingBytes })
  if (!reader.isPlain(bytes) || mayHoldZip(bytes)) return undefined
  const head = sizeBytes > HEAD_BYTES ? bytes.subarray(0, HEAD_BYTES) : bytes
  const sight = { head, name: path, sizeBytes }
  for (const walker of recognisersOfPickle(path)) if (walker.recognizes(sight)) return undefined
  const coverage = { path, format: FORMAT, sizeBytes, readBytes: sizeBytes, status: 'full' } as const
  return { path, sizeBytes, verdict: 'clean', coverage: [coverage], findings: [] }
}

const FORMAT = 'pickle'

/** What may be done with a name; undefined for one that is for the machine. */
function judge(module: string, name: string): PlainRole | undefined {
  if (OWN_WAYS.test(module) || isLoader(name) || isUnpacker(module, name)) return undefined
  // What these do depends on how much they are asked for, or opens something: see the machine's own rules.
  if (mayExhaust(module, name) || isResource(name)) return undefined
  const role = STANDARD_POLICY.roleOf(module, name)
  if (isFollowed(module, name))
    return role === 'callable' && isRebuilder(module, name) ? 'rebuild' : undefined
  if (role === 'callable') return 'call'
  if (role === 'class') return 'make'
  return role === 'value' ? 'keep' : undefined
}

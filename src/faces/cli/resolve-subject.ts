import { type Digest, parseDigest } from '../../ground/domain/index.ts'
import type { Home } from './house.ts'
import { resolveModel } from './resolve-model.ts'

/** The flag that names what evidence is about. */
export const SUBJECT_FLAG = {
  kind: 'parsed',
  parse: String,
  brief: 'A model by name or digest, or the digest of anything else',
  placeholder: 'subject',
} as const

/** A model by name or digits, or anything else by its whole digest. @throws SallyportError `NOT_FOUND`, `BAD_INPUT` */
export async function resolveSubject(home: Home, text: string): Promise<Digest> {
  const digest = parseDigest(text)
  return digest.ok ? digest.value : resolveModel(home.registry, text)
}

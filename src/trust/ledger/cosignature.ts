import { parseNote, parseVkey, verifyNote } from '../../ground/crypto/pure.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { nodeNoteCrypto, treeHash } from './log-crypto.ts'

/**
 * The current note with the verified lines of witnesses from `note` after its own.
 * @throws SallyportError `CONFLICT` when `note` is of another checkpoint, `SIGNER_UNTRUSTED` when no witness signed it,
 *   `SIGNATURE_INVALID` when one that is known did so wrongly, `BAD_INPUT` for something that is no note
 */
export function mergeCosignatures(current: string, note: string, witnesses: readonly string[]): string {
  const offered = parseNote(note)
  const own = parseNote(current)
  if (!offered.ok) throw new SallyportError('BAD_INPUT', `the cosigned checkpoint: ${offered.error}`)
  if (!own.ok) throw new SallyportError('LOG_CORRUPT', `the stored checkpoint: ${own.error}`)
  if (offered.value.text !== own.value.text)
    throw new SallyportError('CONFLICT', 'the cosigned checkpoint is not the current one', {
      detail: { current },
    })
  const keys = witnesses.flatMap((vkey) => {
    const key = parseVkey(treeHash, vkey)
    return key.ok ? [key.value] : []
  })
  const isWitness = (line: { readonly name: string; readonly keyId: string }): boolean =>
    keys.some((key) => key.name === line.name && key.keyId === line.keyId)
  const lines = offered.value.signatures.filter(isWitness)
  if (lines.length === 0)
    throw new SallyportError('SIGNER_UNTRUSTED', 'no configured witness signed this checkpoint')
  const verified = verifyNote(nodeNoteCrypto, note, keys)
  if (!verified.ok) throw new SallyportError('SIGNATURE_INVALID', verified.error)
  // A witness's newer line replaces its older one: the log keeps one for each.
  const kept = own.value.signatures.filter(
    (line) => !lines.some((fresh) => fresh.name === line.name && fresh.keyId === line.keyId),
  )
  const latest = new Map(lines.map((line) => [`${line.name} ${line.keyId}`, line]))
  return `${own.value.text}\n${[...kept, ...latest.values()].map((line) => `${line.line}\n`).join('')}`
}

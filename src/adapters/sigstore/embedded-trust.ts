import signingConfig from '../../../catalog/sigstore/signing_config.v0.2.json' with { type: 'json' }
import trustedRoot from '../../../catalog/sigstore/trusted_root.json' with { type: 'json' }
import { utf8 } from '../../ground/lang/index.ts'
import { parseTrustConfig, type TrustConfig } from './trust-config.ts'

/** Commit of sigstore/root-signing (Apache-2.0) that the copy in `catalog/sigstore/` was taken from, and its date. */
export const EMBEDDED_TRUST = {
  commit: '60cf2ce8b2e45d600dc17c4421e8c751e75772be',
  takenAt: '2026-08-21T19:25:56.000Z',
} as const

/** The public-good instance as it stood at that commit: verifies without a network. */
export function embeddedTrustConfig(): TrustConfig {
  const label = `the built-in public-good root of ${EMBEDDED_TRUST.takenAt.slice(0, 10)}`
  return parseTrustConfig(utf8(JSON.stringify({ trustedRoot, signingConfig })), label)
}

/**
 * Whether what an update has once brought is older than what came with this version: a package that is upgraded knows of keys
 * that were given up since. Told by the time of the update and, since times of files change when they are copied, by the
 * latest change that each names. A root of somebody else's, which names no log of the public one, is never outlived.
 */
export function isOutlived(updated: TrustConfig, updatedAt: Date): boolean {
  const embedded = embeddedTrustConfig()
  const known = new Set(embedded.root.tlogs.flatMap(logKey))
  if (!updated.root.tlogs.flatMap(logKey).some((key) => known.has(key))) return false
  return (
    updatedAt.getTime() < Date.parse(EMBEDDED_TRUST.takenAt) || lastChange(updated) < lastChange(embedded)
  )
}

function logKey({ publicKey }: TrustConfig['root']['tlogs'][number]): readonly string[] {
  return publicKey?.rawBytes === undefined ? [] : [publicKey.rawBytes.toString('base64')]
}

/** Milliseconds since 1970 of the latest beginning or end of anything that is believed. */
function lastChange({ root }: TrustConfig): number {
  const ranges = [
    ...[...root.tlogs, ...root.ctlogs].map(({ publicKey }) => publicKey?.validFor),
    ...[...root.certificateAuthorities, ...root.timestampAuthorities].map(({ validFor }) => validFor),
  ]
  return Math.max(0, ...ranges.flatMap((range) => [range?.start?.getTime() ?? 0, range?.end?.getTime() ?? 0]))
}

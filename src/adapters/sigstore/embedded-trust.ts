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

import { expect, test } from 'vitest'
import trustedRoot from '../../../catalog/sigstore/trusted_root.json' with { type: 'json' }
import { EMBEDDED_TRUST, isOutlived } from './embedded-trust.ts'
import { parseTrustConfig } from './trust-config.ts'

const AFTER = new Date(Date.parse(EMBEDDED_TRUST.takenAt) + 86_400_000)
const BEFORE = new Date(Date.parse(EMBEDDED_TRUST.takenAt) - 86_400_000)
const config = (root: unknown) => parseTrustConfig(Buffer.from(JSON.stringify(root)), 'an update')

/** The root as it stood before its timestamp authority was added. */
const EARLIER = {
  ...trustedRoot,
  tlogs: trustedRoot.tlogs.slice(0, 1),
  timestampAuthorities: [],
}
const [firstLog] = trustedRoot.tlogs
/** A root of somebody else's, with an old key of their own. */
const OTHERS = {
  ...EARLIER,
  tlogs: [
    {
      ...firstLog,
      publicKey: { ...firstLog?.publicKey, rawBytes: Buffer.from('another key').toString('base64') },
    },
  ],
}

test.for([
  ['an update of a day later', trustedRoot, AFTER, false],
  ['an update of a day earlier', trustedRoot, BEFORE, true],
  ['an earlier root in a file that was copied since', EARLIER, AFTER, true],
  ['a root of somebody else, however old', OTHERS, BEFORE, false],
] as const)('%s', ([, root, at, outlived]) => {
  expect(isOutlived(config(root), at)).toBe(outlived)
})

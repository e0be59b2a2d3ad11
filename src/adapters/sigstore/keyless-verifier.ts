import { SallyportError } from '../../ground/lang/index.ts'
import type { BundleChecker } from '../../services/attestations/index.ts'
import type { KeylessVerifier } from '../../services/signing/index.ts'

/** Keyless signatures over a DSSE payload, as the signing of models asks for them. */
export function makeKeylessVerifier(checker: BundleChecker): KeylessVerifier {
  return {
    verify: async (bundle, wanted) => {
      const { content, signer, signedAt } = await checker.check(bundle, { kind: 'identity', ...wanted })
      if (content.kind !== 'dsse' || signer.kind !== 'identity' || signedAt === undefined)
        throw new SallyportError('BAD_INPUT', 'the bundle holds no DSSE envelope')
      const { payload, payloadType } = content
      const { identity, identityProvider } = signer
      return { payload, payloadType, identity, identityProvider, signedAt }
    },
  }
}

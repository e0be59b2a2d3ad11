import { buildCommand } from '@stricli/core'
import { GATED_STAGES, type GatedStage } from '../../../ground/domain/index.ts'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { Verification } from '../../../services/registry/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { SignatureOutput, VerifiedSignature, VerifyOrder } from '../doors/signing.ts'
import { EXIT_OF_OUTCOME } from '../exit-code.ts'
import { bold, dim, safe, showOutcome } from '../format-text.ts'
import { progressLine } from '../progress-line.ts'
import { refusedLines, signatureLines } from '../show-signature.ts'
import {
  PATH_FLAGS,
  PATH_PARAMETER,
  type PathFlags,
  refuseLinkFlag,
  TRUST_FLAGS,
  type TrustFlags,
} from '../signing-flags.ts'
import { withHome } from '../with-home.ts'

interface VerifyFlags extends CommonFlags, PathFlags, TrustFlags {
  readonly stage: GatedStage
  readonly signature?: string
  readonly signatureOnly: boolean
  readonly publicKey?: string
  readonly certificateChain?: readonly string[]
  readonly identity?: string
  readonly identityProvider?: string
  readonly timestampChain?: readonly string[]
  readonly ignoreUnsignedFiles: boolean
  readonly only?: readonly string[]
  readonly useCache: boolean
  readonly record: boolean
}

/** What is known of the signature of a model that is verified; `unchecked` where it lies there and nobody is believed. */
type SignatureState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unchecked'; readonly signature: string }
  | { readonly kind: 'valid'; readonly verified: VerifiedSignature }
  | { readonly kind: 'refused'; readonly error: SallyportError }

function isAsked(flags: VerifyFlags): boolean {
  const named = [flags.signature, flags.publicKey, flags.identity, flags.identityProvider, flags.trustConfig]
  return (
    named.some((flag) => flag !== undefined) ||
    (flags.certificateChain ?? []).length > 0 ||
    (flags.only ?? []).length > 0 ||
    flags.signatureOnly ||
    flags.record
  )
}

/** What is sealed decides for others too: only the settings, never a flag, say whose signature that may be. */
function refuseRecordOfFlags(flags: VerifyFlags): void {
  const { record, publicKey, identity, identityProvider, certificateChain = [] } = flags
  const isNamed = [publicKey, identity, identityProvider].some((flag) => flag !== undefined)
  if (record && (isNamed || certificateChain.length > 0))
    throw new SallyportError(
      'BAD_INPUT',
      '--record seals signatures of those whom sallyport.yaml lists under signers; list the signer there, and leave the flag out',
    )
}

function orderOf(context: CliContext, flags: VerifyFlags, path: string): VerifyOrder {
  const { signature, publicKey, identity, identityProvider, trustConfig } = flags
  return {
    path,
    certificateChain: flags.certificateChain ?? [],
    timestampChain: flags.timestampChain ?? [],
    ignorePaths: flags.ignorePaths ?? [],
    ignoreGitPaths: flags.ignoreGitPaths,
    ignoreUnsignedFiles: flags.ignoreUnsignedFiles,
    only: flags.only ?? [],
    useCache: flags.useCache,
    useStaging: flags.useStaging,
    onProgress: progressLine(context.io, 'Hashing'),
    ...(signature === undefined ? {} : { signature }),
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(identity === undefined ? {} : { identity }),
    ...(identityProvider === undefined ? {} : { identityProvider }),
    ...(trustConfig === undefined ? {} : { trustConfig }),
  }
}

/** A signature that does not hold is an answer, and no failure of the command; what could not be asked is a failure. */
async function checkSignature(
  context: CliContext,
  flags: VerifyFlags,
  path: string,
): Promise<SignatureState> {
  const door = await context.house.signing()
  const present = isAsked(flags) ? undefined : await door.find(path)
  if (!isAsked(flags)) {
    if (present === undefined) return { kind: 'absent' }
    if (!present.believesSomebody) return { kind: 'unchecked', signature: present.signature }
  }
  try {
    return { kind: 'valid', verified: await door.verify(orderOf(context, flags, path)) }
  } catch (error) {
    const isAnswer =
      error instanceof SallyportError && ['SIGNATURE_INVALID', 'SIGNER_UNTRUSTED'].includes(error.code)
    if (!isAnswer) throw error
    return { kind: 'refused', error }
  }
}

async function decide(
  context: CliContext,
  flags: VerifyFlags,
  path: string,
  state: SignatureState,
): Promise<Verification> {
  const manifests = state.kind === 'valid' ? await state.verified.manifests() : undefined
  return withHome(context, async (home) => {
    const what = manifests === undefined ? path : { path, manifests }
    const verification = await home.registry.verify(what, flags.stage, progressLine(context.io, 'Hashing'))
    if (flags.record && state.kind === 'valid')
      await home.recordSignature(verification.digest, state.verified.output)
    return verification
  })
}

function verificationLines(
  path: string,
  verification: Verification,
  state: SignatureState,
): readonly string[] {
  return [
    `${showOutcome(verification.outcome)}  ${bold(safe(path))}  ${dim(verification.digest)}`,
    `  ${safe(verification.message)}`,
    ...(verification.nextStep === undefined ? [] : [`  ${dim('→')} ${safe(verification.nextStep)}`]),
    ...(state.kind === 'valid' ? signatureLines(state.verified.output) : []),
    ...(state.kind === 'unchecked'
      ? [
          `  ${safe(state.signature)} was not checked: nobody's signature is believed here`,
          `  ${dim('→')} name the signer with --public-key, or list signers in sallyport.yaml`,
        ]
      : []),
  ]
}

function signatureOf(state: SignatureState): {
  readonly signature?: SignatureOutput | { readonly result: 'unchecked' }
} {
  if (state.kind === 'valid') return { signature: state.verified.output }
  return state.kind === 'unchecked' ? { signature: { result: 'unchecked' } } : {}
}

export const verifyCommand = buildCommand({
  async func(this: CliContext, flags: VerifyFlags, path: string) {
    refuseLinkFlag(flags)
    if ((flags.only ?? []).length > 0 && !flags.signatureOnly)
      throw new SallyportError(
        'BAD_INPUT',
        '--only checks some files, and a decision is about all of them; add --signature-only',
      )
    refuseRecordOfFlags(flags)
    const state = await checkSignature(this, flags, path)
    if (state.kind === 'refused') {
      const { code, message, detail } = state.error
      print(this, flags, { kind: 'signature', result: 'refused', path, code, message, detail }, () =>
        refusedLines(path, state.error),
      )
      this.process.exitCode = EXIT_OF_OUTCOME.deny
      return
    }
    if (flags.signatureOnly && state.kind === 'valid') {
      const { output } = state.verified
      print(this, flags, { kind: 'signature', ...output }, () => signatureLines(output))
      return
    }
    const verification = await decide(this, flags, path, state)
    print(this, flags, { kind: 'verification', ...verification, ...signatureOf(state) }, () =>
      verificationLines(path, verification, state),
    )
    this.process.exitCode = EXIT_OF_OUTCOME[verification.outcome]
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      ...PATH_FLAGS,
      ...TRUST_FLAGS,
      stage: { kind: 'enum', values: GATED_STAGES, brief: 'Where it is to be loaded', default: 'production' },
      signatureOnly: {
        kind: 'boolean',
        brief: 'Ask for the signature alone, and not for the current decision',
        default: false,
        withNegated: false,
      },
      signature: {
        kind: 'parsed',
        parse: String,
        brief: 'The signature file; model.sig in the folder by default',
        optional: true,
      },
      publicKey: {
        kind: 'parsed',
        parse: String,
        brief: 'PEM file of the key that must have signed',
        optional: true,
      },
      certificateChain: {
        kind: 'parsed',
        parse: String,
        brief: 'PEM file of roots that are believed; may be repeated',
        optional: true,
        variadic: true,
      },
      identity: {
        kind: 'parsed',
        parse: String,
        brief: 'Who must have signed: e-mail or URI',
        optional: true,
      },
      identityProvider: {
        kind: 'parsed',
        parse: String,
        brief: 'OIDC issuer of that identity',
        optional: true,
      },
      timestampChain: {
        kind: 'parsed',
        parse: String,
        brief: 'PEM file of timestamp authorities that are believed',
        optional: true,
        variadic: true,
      },
      ignoreUnsignedFiles: {
        kind: 'boolean',
        brief: 'Accept files that nobody signed',
        default: false,
      },
      only: {
        kind: 'parsed',
        parse: String,
        brief: 'Check only what is about to be loaded; may be repeated',
        optional: true,
        variadic: true,
      },
      useCache: {
        kind: 'boolean',
        brief: 'Do not hash files again that stood still since',
        default: false,
        withNegated: false,
      },
      record: {
        kind: 'boolean',
        brief: 'Seal in the ledger who signed',
        default: false,
        withNegated: false,
      },
    },
    positional: { kind: 'tuple', parameters: [PATH_PARAMETER] },
  },
  docs: {
    brief: 'Before loading: is this what was signed and approved, and is it allowed still?',
    fullDescription: [
      'Hashes what is really there, finds the model by its digest, and decides anew. With a signature that is asked for,',
      'or that lies there as model.sig while sallyport.yaml lists signers, the signature must hold as well.',
      'Exit code: 0 allow, 1 deny, 2 could not check, 4 review.',
    ].join('\n'),
    customUsage: [
      { input: './bert && python serve.py', brief: 'a gate in front of a loader' },
      { input: './bert --public-key release.pub', brief: 'signed by this key, and allowed still' },
      {
        input: './bert --signature-only --certificate-chain ca.pem --identity ml@example.com',
        brief: 'the signature alone',
      },
      {
        input: './bert --signature-only --public-key release.pub --only config.json',
        brief: 'only what is about to be loaded',
      },
    ],
  },
})

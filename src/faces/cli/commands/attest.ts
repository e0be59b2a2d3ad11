import { buildCommand, buildRouteMap } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import type { VerifiedAttestation } from '../../../services/attestations/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { SignerFlags } from '../doors/sigstore.ts'
import { bold, dim, safe, showCount, showOutcome } from '../format-text.ts'
import { progressLine } from '../progress-line.ts'

interface VerifyFlags extends CommonFlags, SignerFlags {
  readonly artifact?: string
  readonly digest?: string
  readonly type?: string
  readonly trustConfig?: string
}

/** Codes that mean "looked at, and it does not hold"; whatever else goes wrong could not be checked. */
const REFUSALS = new Set(['SIGNATURE_INVALID', 'SIGNER_UNTRUSTED'])

const verify = buildCommand({
  async func(this: CliContext, flags: VerifyFlags, bundle: string) {
    const door = await this.house.sigstore()
    try {
      const { json: _, ...asked } = flags
      const verified = await door.verify({ bundle, ...asked, onProgress: progressLine(this.io, 'Hashing') })
      print(this, flags, { kind: 'attestation', outcome: 'allow', bundle, ...verified }, () =>
        linesOf(bundle, verified),
      )
    } catch (error) {
      if (!(error instanceof SallyportError) || !REFUSALS.has(error.code)) throw error
      const reason = { code: error.code, message: safe(error.message) }
      print(this, flags, { kind: 'attestation', outcome: 'deny', bundle, reason }, () => [
        `${showOutcome('deny')}  ${bold(safe(bundle))}`,
        `  ${safe(error.message)} (${error.code})`,
        `  ${dim('→')} do not use what it is about; ask its publisher for the right bundle and identity`,
      ])
      this.process.exitCode = 1
    }
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      artifact: { kind: 'parsed', parse: String, brief: 'The file that it must be about', optional: true },
      digest: { kind: 'parsed', parse: String, brief: 'Or its digest, sha256:…', optional: true },
      identity: {
        kind: 'parsed',
        parse: String,
        brief: 'Who must have signed: an e-mail or URI, exactly',
        optional: true,
      },
      identityRegexp: {
        kind: 'parsed',
        parse: String,
        brief: 'Or a pattern for the whole of it',
        optional: true,
      },
      identityProvider: {
        kind: 'parsed',
        parse: String,
        brief: 'OIDC issuer that vouches for them',
        optional: true,
      },
      key: {
        kind: 'parsed',
        parse: String,
        brief: 'Or a public key in PEM, in place of an identity',
        optional: true,
      },
      withoutLog: {
        kind: 'boolean',
        brief: 'With --key: take a bundle that is in no log',
        optional: true,
        withNegated: false,
      },
      type: {
        kind: 'parsed',
        parse: String,
        brief: 'Predicate type that the statement must have',
        optional: true,
      },
      trustConfig: {
        kind: 'parsed',
        parse: String,
        brief: 'A trusted_root.json or ClientTrustConfig in place of the public-good root',
        optional: true,
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A Sigstore bundle (v0.1 to v0.3)', placeholder: 'bundle' }],
    },
  },
  docs: {
    brief: 'Check a Sigstore bundle of somebody else’s: who, about what, of which type',
    fullDescription:
      'Offline: certificate, log, timestamps and signature are checked against the trust root at hand.\nExit code: 0 it holds, 1 it does not, 2 could not check, 3 usage.',
    customUsage: [
      {
        input:
          'model.sigstore.json --artifact model.safetensors --identity ci@example.com --identity-provider https://accounts.google.com',
        brief: 'keyless',
      },
      {
        input: 'provenance.json --digest sha256:… --key vendor.pub --type https://slsa.dev/provenance/v1',
        brief: 'by a key',
      },
      {
        input: 'statement.json --artifact manifest.json --key assessor.pem --without-log',
        brief: 'a statement of a Sallyport, whose log is its own',
      },
    ],
  },
})

function linesOf(
  bundle: string,
  { signer, signedAt, logs, subject, statement }: VerifiedAttestation,
): string[] {
  const who =
    signer.kind === 'key'
      ? `key ${signer.keyId}`
      : `${safe(signer.identity)} (${safe(signer.identityProvider)})`
  return [
    `${showOutcome('allow')}  ${bold(safe(bundle))}`,
    `  signed by ${who}`,
    ...(signedAt === undefined ? [] : [`  at ${signedAt}, as a log or a timestamp authority says`]),
    ...logs.map(({ log, index }) => `  entry ${safe(index)} of ${safe(log)}`),
    `  about ${subject.name === undefined ? '' : `${safe(subject.name)} `}${subject.digest}`,
    ...(statement === undefined
      ? []
      : [
          `  says ${safe(statement.predicateType)}${statement.subjects > 1 ? dim(` of ${showCount(statement.subjects, 'subject')}`) : ''}`,
        ]),
  ]
}

export const attestCommands = buildRouteMap({
  routes: { verify },
  docs: { brief: 'Sigstore bundles of others' },
})

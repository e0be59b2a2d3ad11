import { buildCommand, numberParser } from '@stricli/core'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import type { KeylessOrder, SignOutput } from '../doors/signing.ts'
import { bold, dim, safe, showBytes, showCount } from '../format-text.ts'
import { yellow } from '../paint.ts'
import { progressLine } from '../progress-line.ts'
import {
  PATH_FLAGS,
  PATH_PARAMETER,
  type PathFlags,
  refuseLinkFlag,
  TRUST_FLAGS,
  type TrustFlags,
} from '../signing-flags.ts'

interface SignFlags extends CommonFlags, PathFlags, TrustFlags {
  readonly signature: string
  readonly privateKey?: string
  readonly pkcs11Uri?: string
  readonly signingCertificate?: string
  readonly certificateChain?: readonly string[]
  readonly passwordFile?: string
  readonly identityToken?: string
  readonly useAmbientCredentials: boolean
  readonly oauthForceOob: boolean
  readonly clientId?: string
  readonly timestampUrl?: string
  readonly timestampChain?: readonly string[]
  readonly hashAlgorithm: 'sha256' | 'blake2b' | 'blake3'
  readonly shardSize?: number
}

/** Keyless where something of it is named; never by default, for it writes the signer's name into a public log. */
function keylessOf(flags: SignFlags): KeylessOrder | undefined {
  const { identityToken, useAmbientCredentials, oauthForceOob, clientId, trustConfig, useStaging } = flags
  const isAsked =
    identityToken !== undefined ||
    useAmbientCredentials ||
    oauthForceOob ||
    trustConfig !== undefined ||
    useStaging
  if (!isAsked) return undefined
  return {
    ...{ useAmbientCredentials, oauthForceOob, useStaging },
    ...(identityToken === undefined ? {} : { identityToken }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(trustConfig === undefined ? {} : { trustConfig }),
  }
}

function signedLines(output: SignOutput): readonly string[] {
  return [
    `${bold(safe(output.signature))}  ${dim(`root ${output.omsRoot}`)}`,
    `  ${showCount(output.files, 'file')}, ${showBytes(output.bytes)} of ${safe(output.name)}, signed by ${safe(output.signer)}`,
    ...output.hidden.map(
      ({ name, why }) =>
        `  ${yellow('▲')} ${safe(name)} is left out, and ${why}: who verifies is refused while it is there`,
    ),
  ]
}

export const signCommand = buildCommand({
  async func(this: CliContext, flags: SignFlags, path: string) {
    refuseLinkFlag(flags)
    const { signature, signingCertificate, passwordFile, timestampUrl, shardSize } = flags
    const privateKey = flags.privateKey ?? flags.pkcs11Uri
    const keyless = privateKey === undefined ? keylessOf(flags) : undefined
    const door = await this.house.signing()
    const output = await door.sign({
      ...{ path, signature, hashAlgorithm: flags.hashAlgorithm },
      certificateChain: flags.certificateChain ?? [],
      ignorePaths: flags.ignorePaths ?? [],
      timestampChain: flags.timestampChain ?? [],
      ignoreGitPaths: flags.ignoreGitPaths,
      onProgress: progressLine(this.io, 'Hashing'),
      say: (line) => this.io.err(line),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(keyless === undefined ? {} : { keyless }),
      ...(signingCertificate === undefined ? {} : { signingCertificate }),
      ...(passwordFile === undefined ? {} : { passwordFile }),
      ...(timestampUrl === undefined ? {} : { timestampUrl }),
      ...(shardSize === undefined ? {} : { shardSize }),
    })
    print(this, flags, { kind: 'signed', ...output }, () => signedLines(output))
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      ...PATH_FLAGS,
      ...TRUST_FLAGS,
      signature: {
        kind: 'parsed',
        parse: String,
        brief: 'Where the signature is written',
        default: 'model.sig',
      },
      privateKey: {
        kind: 'parsed',
        parse: String,
        brief: 'PEM file, or awskms://, gcpkms://, hashivault://, pkcs11:',
        optional: true,
      },
      pkcs11Uri: { kind: 'parsed', parse: String, brief: 'The key of a token (RFC 7512)', optional: true },
      signingCertificate: {
        kind: 'parsed',
        parse: String,
        brief: 'PEM file of the key’s certificate',
        optional: true,
      },
      certificateChain: {
        kind: 'parsed',
        parse: String,
        brief: 'PEM file of the authorities above it',
        optional: true,
        variadic: true,
      },
      passwordFile: {
        kind: 'parsed',
        parse: String,
        brief: 'File with the key’s passphrase',
        optional: true,
      },
      identityToken: {
        kind: 'parsed',
        parse: String,
        brief: 'OIDC token for keyless; @FILE reads it, and keeps it out of the list of processes',
        optional: true,
      },
      useAmbientCredentials: {
        kind: 'boolean',
        brief: 'Keyless with the identity of this CI job',
        default: false,
        withNegated: false,
      },
      oauthForceOob: {
        kind: 'boolean',
        brief: 'Keyless; log in in a browser elsewhere',
        default: false,
        withNegated: false,
      },
      clientId: { kind: 'parsed', parse: String, brief: 'OAuth client, for keyless', optional: true },
      timestampUrl: {
        kind: 'parsed',
        parse: String,
        brief: 'RFC 3161 authority that vouches for the time',
        optional: true,
      },
      timestampChain: {
        kind: 'parsed',
        parse: String,
        brief: 'PEM file of timestamp authorities that are believed',
        optional: true,
        variadic: true,
      },
      hashAlgorithm: {
        kind: 'enum',
        values: ['sha256', 'blake2b', 'blake3'],
        brief: 'Hash of each file',
        default: 'sha256',
      },
      shardSize: {
        kind: 'parsed',
        parse: numberParser,
        brief: 'Hash runs of so many bytes instead of whole files',
        optional: true,
      },
    },
    positional: { kind: 'tuple', parameters: [PATH_PARAMETER] },
  },
  docs: {
    brief: 'Sign a model (OpenSSF Model Signing v1.0)',
    fullDescription: [
      'Signs the list of the model’s files with their hashes. P-256 keys make signatures that most other tools verify.',
      'Symbolic links are refused: what they lead to can change after signing. Passphrases come from --password-file,',
      'SALLYPORT_SIGNING_PASSWORD_FILE, or the terminal.',
    ].join('\n'),
    customUsage: [
      { input: './bert --private-key release.pem --signature bert/model.sig', brief: 'with a key' },
      {
        input: './bert --private-key awskms:///alias/models',
        brief: 'with a key that never leaves its KMS',
      },
      {
        input: './bert --private-key leaf.key --signing-certificate leaf.pem --certificate-chain ca.pem',
        brief: 'with a certificate',
      },
      { input: './bert --use-ambient-credentials', brief: 'keyless, as this CI job' },
    ],
  },
})

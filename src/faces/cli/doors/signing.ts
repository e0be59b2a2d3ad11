import type { Digest, Manifest } from '../../../ground/domain/index.ts'
import type { HashProgress, SignerFacts } from '../../../services/signing/index.ts'

/** How models are signed: with a key, with a key and its certificate, or keyless. */
export interface SignOrder {
  readonly path: string
  readonly signature: string
  /** Path of a PEM file, or a URI of a KMS or token. */
  readonly privateKey?: string
  readonly signingCertificate?: string
  readonly certificateChain: readonly string[]
  readonly passwordFile?: string
  readonly keyless?: KeylessOrder
  /** URL of an RFC 3161 authority. */
  readonly timestampUrl?: string
  /** Files with certificates of timestamp authorities that are believed: the answer is verified before it is used. */
  readonly timestampChain: readonly string[]
  readonly ignorePaths: readonly string[]
  readonly ignoreGitPaths: boolean
  readonly hashAlgorithm: 'sha256' | 'blake2b' | 'blake3'
  readonly shardSize?: number
  readonly onProgress: (progress: HashProgress) => void
  /** Says something to the person who waits. */
  readonly say: (line: string) => void
}

/** How a keyless signature is asked for. */
export interface KeylessOrder {
  readonly trustConfig?: string
  readonly useStaging: boolean
  readonly identityToken?: string
  readonly useAmbientCredentials: boolean
  readonly oauthForceOob: boolean
  readonly clientId?: string
}

/** A signature that was written. */
export interface SignOutput {
  readonly path: string
  readonly signature: string
  readonly name: string
  readonly omsRoot: string
  readonly files: number
  readonly bytes: number
  readonly signer: string
  /** Files left out that programs would load all the same. */
  readonly hidden: readonly { readonly name: string; readonly why: string }[]
}

/** Whose signature is wanted, and on what. */
export interface VerifyOrder {
  readonly path: string
  /** Where the signature lies; `model.sig` in the model's folder, then beside it, when absent. */
  readonly signature?: string
  readonly publicKey?: string
  readonly certificateChain: readonly string[]
  readonly identity?: string
  readonly identityProvider?: string
  readonly trustConfig?: string
  readonly useStaging: boolean
  /** Files with certificates of timestamp authorities that are believed. */
  readonly timestampChain: readonly string[]
  readonly ignorePaths: readonly string[]
  readonly ignoreGitPaths: boolean
  readonly ignoreUnsignedFiles: boolean
  readonly only: readonly string[]
  /** Digests of files that stood still since may be taken from the cache. */
  readonly useCache: boolean
  readonly onProgress: (progress: HashProgress) => void
}

/** What a signature was found to say; `valid`, for the rest is thrown. */
export interface SignatureOutput {
  readonly result: 'valid'
  readonly path: string
  readonly signature: string
  /** Which of the believed signers it was: a flag, or a name of the settings. */
  readonly believed: string
  readonly signer: SignerFacts
  readonly omsRoot?: string
  /** Of the signed statement: unlike the root it covers the names of the files. */
  readonly statementDigest: Digest
  readonly bundleDigest: Digest
  /** Files looked at, of those signed. */
  readonly files: number
  readonly signedFiles: number
  readonly bytes: number
  /** Files that nobody signed, left aside because the person said so. */
  readonly unsignedFiles: number
}

/** A signature that holds, and the model as the registry would know it. */
export interface VerifiedSignature {
  readonly output: SignatureOutput
  /** Hashes what the signature did not cover; several where the signature lies within the model. */
  manifests(): Promise<readonly Manifest[]>
}

/** What the commands sign and verify need. */
export interface SigningDoor {
  /** @throws SallyportError `BAD_INPUT`, `KEY_INVALID`, `SIGNER_UNTRUSTED`, `PEER_FAILED` */
  sign(order: SignOrder): Promise<SignOutput>
  /** @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`, `NOT_FOUND`, `BAD_INPUT` */
  verify(order: VerifyOrder): Promise<VerifiedSignature>
  /** The signature that lies in a model's folder, and whether the settings believe anybody. */
  find(path: string): Promise<{ readonly signature: string; readonly believesSomebody: boolean } | undefined>
}

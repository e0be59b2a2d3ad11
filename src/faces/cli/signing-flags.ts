import { SallyportError } from '../../ground/lang/index.ts'

/** Which files of a model are meant, when signing and when verifying. */
export interface PathFlags {
  readonly ignorePaths?: readonly string[]
  readonly ignoreGitPaths: boolean
  readonly allowSymlinks: boolean
}

/** The model, as a positional parameter. */
export const PATH_PARAMETER = {
  parse: String,
  brief: 'The folder or file of the model',
  placeholder: 'path',
} as const

/** Flags of {@link PathFlags}; names as those of the reference (model_signing). */
export const PATH_FLAGS = {
  ignorePaths: {
    kind: 'parsed',
    parse: String,
    brief: 'Path that is left out; may be repeated',
    optional: true,
    variadic: true,
  },
  ignoreGitPaths: {
    kind: 'boolean',
    brief: 'Leave out .git, .gitignore, .gitattributes, .github',
    default: true,
  },
  allowSymlinks: {
    kind: 'boolean',
    brief: 'Refused: a link leads where nobody signed',
    default: false,
    withNegated: false,
  },
} as const

/** Which Sigstore is believed. */
export interface TrustFlags {
  readonly trustConfig?: string
  readonly useStaging: boolean
}

/** Flags of {@link TrustFlags}. */
export const TRUST_FLAGS = {
  trustConfig: {
    kind: 'parsed',
    parse: String,
    brief: 'Trust root of a Sigstore instance (JSON)',
    optional: true,
  },
  useStaging: {
    kind: 'boolean',
    brief: 'Use Sigstore’s staging instance',
    default: false,
    withNegated: false,
  },
} as const

/** @throws SallyportError `NOT_SUPPORTED` for `--allow-symlinks`, with the reason */
export function refuseLinkFlag({ allowSymlinks }: PathFlags): void {
  if (allowSymlinks)
    throw new SallyportError(
      'NOT_SUPPORTED',
      '--allow-symlinks is not offered: what a link leads to can be changed after signing, and a linked folder is not even listed by the reference. Copy the files into the model, or leave the links out with --ignore-paths',
    )
}

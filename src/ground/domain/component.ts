import { makePurl } from './purl.ts'

/** A hash that a lock file or a bill of materials gives for a package. */
export interface ComponentHash {
  /** Lower case, without dashes: `sha256`, `sha512`, `sha1`, `md5`, `blake2b`. */
  readonly algorithm: string
  /** Lower-case hex. */
  readonly hex: string
}

/** Where a package comes from, when that is not the registry of its ecosystem. */
export interface ComponentOrigin {
  readonly kind: 'registry' | 'vcs' | 'url' | 'path'
  readonly address: string
  /** For `vcs`: the commit that it is pinned to; a branch or a tag is no commit. */
  readonly commit?: string
}

/** One package that something depends on, with the place that says so. */
export interface Component {
  /** Type of a package URL: `pypi`, `npm`, `conda`, `deb`, `apk`, `rpm`, … */
  readonly type: string
  /** As its registry tells names apart: `scikit-learn`, `@scope/name`, `openssl`. */
  readonly name: string
  /** Absent when nothing pins it. */
  readonly version?: string
  /** What was asked for, as written: `>=2,<3`. */
  readonly constraint?: string
  readonly purl: string
  readonly hashes: readonly ComponentHash[]
  readonly relation: 'direct' | 'transitive' | 'unknown'
  /** Needed to develop or test only. */
  readonly isDevelopment?: boolean
  readonly origin?: ComponentOrigin
  /** Its installation runs a script of its own, and the lock file says so. */
  readonly hasInstallScript?: boolean
  /** Installed as a link to a folder that anybody may change later. */
  readonly isEditable?: boolean
  /** Package URLs, or names as the same file writes them. */
  readonly dependsOn: readonly string[]
  readonly location: { readonly path: string; readonly line?: number }
  /** Distribution and release for packages of operating systems: `debian`, `12`. */
  readonly distro?: { readonly id: string; readonly release?: string }
  /** Source package that advisories of its distribution speak of. */
  readonly sourceName?: string
  readonly sourceVersion?: string
}

/** PEP 503: runs of `-`, `_` and `.` are one dash, and case does not count. */
export function normalPypiName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-')
}

/** A component with its package URL made from its own words. */
export function makeComponent(
  parts: Omit<Component, 'purl' | 'hashes' | 'dependsOn' | 'relation'> & Partial<Component>,
): Component {
  const slash = parts.name.lastIndexOf('/')
  const namespace = slash > 0 ? parts.name.slice(0, slash) : parts.distro?.id
  const purl = makePurl({
    type: parts.type,
    name: parts.name.slice(slash + 1),
    ...(namespace === undefined ? {} : { namespace }),
    ...(parts.version === undefined ? {} : { version: parts.version }),
  })
  return {
    purl,
    hashes: [],
    dependsOn: [],
    relation: 'unknown',
    ...parts,
    name: parts.type === 'pypi' ? normalPypiName(parts.name) : parts.name,
  }
}

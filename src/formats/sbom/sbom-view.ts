import {
  type Component,
  type ComponentHash,
  makeComponent,
  type Purl,
  parsePurl,
} from '../../ground/domain/index.ts'

/** A bill of materials, as far as packages go. */
export interface SbomView {
  readonly format: 'CycloneDX' | 'SPDX'
  readonly specVersion: string
  readonly components: readonly Component[]
  /** RFC 3339, as the document says it. */
  readonly createdAt?: string
  readonly serialNumber?: string
  readonly tools: readonly { readonly name: string; readonly version?: string }[]
  readonly problems: readonly { readonly message: string }[]
}

/** Packages of one document. An image of an operating system has some 5,000. */
export const MAX_SBOM_COMPONENTS = 200_000

/** What a document says of one package. */
export interface SbomPackage {
  readonly name: string
  readonly version?: string | undefined
  readonly purl?: string | undefined
  readonly hashes: readonly ComponentHash[]
  readonly dependsOn: readonly string[]
  readonly relation?: Component['relation']
  readonly path: string
}

/**
 * A component as the rest of the house knows it. Without a package URL nobody can say which registry is meant: such a
 * package is kept under the type `generic`, and nothing is matched against it.
 */
export function componentOfSbom(item: SbomPackage): Component {
  const purl = item.purl === undefined ? undefined : parsePurl(item.purl)
  const shared = {
    hashes: item.hashes,
    dependsOn: item.dependsOn,
    location: { path: item.path },
    ...(item.relation === undefined ? {} : { relation: item.relation }),
  }
  if (purl?.ok !== true)
    return makeComponent({
      type: 'generic',
      name: item.name,
      ...shared,
      ...(item.version === undefined ? {} : { version: item.version }),
    })
  const version = purl.value.version ?? item.version
  return makeComponent({
    type: purl.value.type,
    name: nameOf(purl.value),
    purl: item.purl ?? '',
    ...shared,
    ...(version === undefined ? {} : { version: withEpoch(version, purl.value) }),
    ...systemParts(purl.value, version),
  })
}

const SYSTEM = new Set(['deb', 'apk', 'rpm'])

function nameOf({ type, namespace, name }: Purl): string {
  return namespace === undefined || SYSTEM.has(type) ? name : `${namespace}/${name}`
}

/** RPM keeps the epoch in a qualifier. */
function withEpoch(version: string, { type, qualifiers }: Purl): string {
  const { epoch } = qualifiers
  return type === 'rpm' && epoch !== undefined && epoch !== '0' ? `${epoch}:${version}` : version
}

function systemParts(purl: Purl, version: string | undefined): Partial<Component> {
  if (!SYSTEM.has(purl.type)) return {}
  // `distro=debian-12`, `distro=alpine-3.19.1`, or the release alone.
  const { distro = '', upstream = '' } = purl.qualifiers
  const release = /(\d+(?:\.\d+)*)$/.exec(distro)?.[1]
  const id = purl.namespace ?? distro.replace(/-?[\d.]+$/, '')
  const [sourceName, sourceVersion] = upstream.split('@', 2)
  return {
    ...(id === '' ? {} : { distro: { id, ...(release === undefined ? {} : { release }) } }),
    ...(sourceName === undefined || sourceName === '' ? {} : { sourceName }),
    ...(sourceVersion === undefined
      ? version === undefined
        ? {}
        : { sourceVersion: version }
      : { sourceVersion }),
  }
}

/** Hex digits with the algorithm as either format spells it: `SHA-256`, `SHA256`. */
export function sbomHash(algorithm: unknown, hex: unknown): readonly ComponentHash[] {
  if (typeof algorithm !== 'string' || typeof hex !== 'string') return []
  const name = algorithm.toLowerCase().replaceAll('-', '')
  return /^[0-9a-fA-F]{16,128}$/.test(hex) && name.length < 16
    ? [{ algorithm: name, hex: hex.toLowerCase() }]
    : []
}

import type { Component } from '../../ground/domain/index.ts'

type Json = Readonly<Record<string, unknown>>

/** Packages as CycloneDX 1.7 wants them: components, and who needs whom. */
export interface EmittedDependencies {
  readonly components: readonly Json[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** CycloneDX's names of algorithms, of those that lock files use. https://cyclonedx.org/docs/1.7/json/#components_items_hashes */
const ALGORITHMS: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  blake3: 'BLAKE3',
}
/** Hashes of one package: a package of PyPI has one a wheel. */
const MAX_HASHES = 200

/** @param root `bom-ref` of what depends on all that is direct; no such edge when absent */
export function emitDependencies(components: readonly Component[], root?: string): EmittedDependencies {
  const refs = new Map<string, string>()
  const unique = components.filter(({ purl }) => !refs.has(purl) && refs.set(purl, purl))
  // Names mean the package of that name in the same kind of list; two versions of one name cannot be told apart by name.
  const byName = new Map<string, string | undefined>()
  for (const { type, name, purl } of unique) {
    const key = `${type}\n${name}`
    byName.set(key, byName.has(key) ? undefined : purl)
  }
  const dependencies = unique
    .map(({ purl, type, dependsOn }) => ({
      ref: purl,
      dependsOn: [
        ...new Set(
          dependsOn.flatMap((other) =>
            refs.has(other) ? other : (byName.get(`${type}\n${normal(type, other)}`) ?? []),
          ),
        ),
      ].sort(),
    }))
    .filter(({ dependsOn }) => dependsOn.length > 0)
  const direct = unique.filter(({ relation }) => relation === 'direct').map(({ purl }) => purl)
  const top = root === undefined || direct.length === 0 ? [] : [{ ref: root, dependsOn: direct.sort() }]
  return { components: unique.map(emit), dependencies: [...top, ...dependencies] }
}

function normal(type: string, name: string): string {
  return type === 'pypi' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name
}

function emit(component: Component): Json {
  const { name, version, purl, hashes, isDevelopment, origin, location } = component
  const known = hashes.flatMap(({ algorithm, hex }) => {
    const alg = ALGORITHMS[algorithm]
    return alg === undefined ? [] : [{ alg, content: hex }]
  })
  const slash = component.type === 'npm' ? name.lastIndexOf('/') : -1
  return {
    type: 'library',
    'bom-ref': purl,
    ...(slash > 0 ? { group: name.slice(0, slash) } : {}),
    name: name.slice(slash + 1),
    ...(version === undefined ? {} : { version }),
    purl,
    ...(isDevelopment === true ? { scope: 'optional' } : {}),
    ...(known.length === 0 ? {} : { hashes: known.slice(0, MAX_HASHES) }),
    ...(origin === undefined || origin.kind === 'path'
      ? {}
      : {
          externalReferences: [{ type: origin.kind === 'vcs' ? 'vcs' : 'distribution', url: origin.address }],
        }),
    properties: [
      {
        name: 'sallyport:location',
        value: location.line === undefined ? location.path : `${location.path}:${location.line}`,
      },
      { name: 'sallyport:relation', value: component.relation },
    ],
  }
}

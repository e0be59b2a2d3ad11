import { listOf, recordOf, textOf } from '../../ground/lang/index.ts'
import { componentOfSbom, MAX_SBOM_COMPONENTS, type SbomView, sbomHash } from './sbom-view.ts'

type Json = Readonly<Record<string, unknown>>

/** An SPDX 2.2 or 2.3 document in JSON, parsed. https://spdx.github.io/spdx-spec/v2.3/ */
export function readSpdx(value: unknown, path: string): SbomView | undefined {
  const root = recordOf(value)
  const specVersion = textOf(root.spdxVersion)
  if (specVersion === undefined || !specVersion.startsWith('SPDX-2.')) return undefined
  const all = listOf(root.packages).map(recordOf)
  const packages = all.slice(0, MAX_SBOM_COMPONENTS)
  const idOf = (item: Json) => textOf(item.SPDXID) ?? ''
  const purls = new Map(packages.map((item) => [idOf(item), purlOf(item) ?? textOf(item.name) ?? '']))
  const graph = dependenciesOf(listOf(root.relationships))
  const described = new Set(listOf(root.documentDescribes).map(String))
  for (const [from, to] of graph.described) if (from === 'SPDXRef-DOCUMENT') described.add(to)
  const direct = new Set([...described].flatMap((id) => graph.needs.get(id) ?? []))
  const components = packages
    // What the document is about is no dependency of itself.
    .filter((item) => purlOf(item) !== undefined || !described.has(idOf(item)))
    .map((item) =>
      componentOfSbom({
        name: textOf(item.name) ?? 'unnamed',
        version: textOf(item.versionInfo),
        purl: purlOf(item),
        hashes: listOf(item.checksums).flatMap((sum) =>
          sbomHash(recordOf(sum).algorithm, recordOf(sum).checksumValue),
        ),
        dependsOn: (graph.needs.get(idOf(item)) ?? []).flatMap((id) => purls.get(id) ?? []),
        relation: direct.has(idOf(item)) ? 'direct' : direct.size === 0 ? 'unknown' : 'transitive',
        path,
      }),
    )
  const creation = recordOf(root.creationInfo)
  const createdAt = textOf(creation.created)
  const serialNumber = textOf(root.documentNamespace)
  return {
    format: 'SPDX',
    specVersion: specVersion.slice('SPDX-'.length),
    components,
    tools: toolsOf(creation),
    problems:
      all.length > packages.length
        ? [{ message: `it names more than ${MAX_SBOM_COMPONENTS} packages; the rest was not read` }]
        : [],
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  }
}

function purlOf(item: Json): string | undefined {
  const found = listOf(item.externalRefs)
    .map(recordOf)
    .find(
      ({ referenceType }) =>
        referenceType === 'purl' || referenceType === 'http://spdx.org/rdf/references/purl',
    )
  return textOf(found?.referenceLocator)
}

interface Graph {
  readonly needs: ReadonlyMap<string, readonly string[]>
  readonly described: readonly (readonly [string, string])[]
}

function dependenciesOf(relationships: readonly unknown[]): Graph {
  const needs = new Map<string, string[]>()
  const described: (readonly [string, string])[] = []
  const add = (from: string, to: string) => {
    const known = needs.get(from)
    if (known === undefined) needs.set(from, [to])
    else known.push(to)
  }
  for (const item of relationships) {
    const { spdxElementId, relatedSpdxElement, relationshipType } = recordOf(item)
    const from = textOf(spdxElementId) ?? ''
    const to = textOf(relatedSpdxElement) ?? ''
    if (relationshipType === 'DEPENDS_ON' || relationshipType === 'CONTAINS') add(from, to)
    else if (relationshipType === 'DEPENDENCY_OF' || relationshipType === 'CONTAINED_BY') add(to, from)
    else if (relationshipType === 'DESCRIBES') described.push([from, to])
    else if (relationshipType === 'DESCRIBED_BY') described.push([to, from])
  }
  return { needs, described }
}

/** `Tool: syft-1.2.3`: the version is what follows the last dash and begins with a digit. */
function toolsOf(creation: Json): SbomView['tools'] {
  return listOf(creation.creators).flatMap((creator) => {
    const text = /^Tool:\s*(.{1,200})$/.exec(String(creator))?.[1]
    if (text === undefined) return []
    const [, name = text, version] = /^(.+?)-v?(\d[\w.+-]*)$/.exec(text) ?? []
    return [{ name, ...(version === undefined ? {} : { version }) }]
  })
}

import { listOf, recordOf, textOf } from '../../ground/lang/index.ts'
import { componentOfSbom, MAX_SBOM_COMPONENTS, type SbomView, sbomHash } from './sbom-view.ts'

/** Components inside components. Real documents have three levels. */
const MAX_NESTING = 32

type Json = Readonly<Record<string, unknown>>

/** A CycloneDX document (1.2 to 1.7), parsed. https://cyclonedx.org/docs/1.7/json/ */
export function readCycloneDx(value: unknown, path: string): SbomView | undefined {
  const root = recordOf(value)
  if (root.bomFormat !== 'CycloneDX') return undefined
  const problems: { message: string }[] = []
  const flat: Json[] = []
  collect(listOf(root.components), flat, { depth: 0, problems })
  const graph = new Map(
    listOf(root.dependencies).map((item) => {
      const { ref, dependsOn } = recordOf(item)
      return [textOf(ref) ?? '', listOf(dependsOn).filter((other) => typeof other === 'string')] as const
    }),
  )
  const metadata = recordOf(root.metadata)
  const direct = new Set(graph.get(textOf(recordOf(metadata.component)['bom-ref']) ?? '') ?? [])
  const purlOf = new Map(
    flat.map((item) => [textOf(item['bom-ref']) ?? '', textOf(item.purl) ?? textOf(item.name) ?? '']),
  )
  const components = flat
    .filter(({ type, purl }) => purl !== undefined || isPackage(type))
    .map((item) => {
      const ref = textOf(item['bom-ref']) ?? ''
      return componentOfSbom({
        name: fullName(item),
        version: textOf(item.version),
        purl: textOf(item.purl),
        hashes: listOf(item.hashes).flatMap((hash) => sbomHash(recordOf(hash).alg, recordOf(hash).content)),
        dependsOn: (graph.get(ref) ?? []).flatMap((other) => purlOf.get(other) ?? []),
        relation: direct.has(ref) ? 'direct' : direct.size === 0 ? 'unknown' : 'transitive',
        path,
      })
    })
  const createdAt = textOf(metadata.timestamp)
  const serialNumber = textOf(root.serialNumber)
  return {
    format: 'CycloneDX',
    specVersion: textOf(root.specVersion) ?? 'unknown',
    components,
    tools: toolsOf(metadata.tools),
    problems,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  }
}

function collect(
  items: readonly unknown[],
  flat: Json[],
  state: { readonly depth: number; readonly problems: { message: string }[] },
): void {
  for (const item of items) {
    if (flat.length >= MAX_SBOM_COMPONENTS || state.depth > MAX_NESTING) {
      if (state.problems.length === 0)
        state.problems.push({ message: 'it names more components, or nests them deeper, than is read' })
      return
    }
    const component = recordOf(item)
    flat.push(component)
    collect(listOf(component.components), flat, { ...state, depth: state.depth + 1 })
  }
}

function isPackage(type: unknown): boolean {
  return type === 'library' || type === 'framework' || type === 'application'
}

function fullName(item: Json): string {
  const group = textOf(item.group)
  const name = textOf(item.name) ?? 'unnamed'
  return group === undefined ? name : `${group}/${name}`
}

/** Until 1.4 a list, since 1.5 an object with components. */
function toolsOf(tools: unknown): SbomView['tools'] {
  const items = Array.isArray(tools) ? tools : listOf(recordOf(tools).components)
  return items.slice(0, 20).flatMap((item) => {
    const { name, version } = recordOf(item)
    const known = textOf(name)
    const which = textOf(version)
    return known === undefined ? [] : [{ name: known, ...(which === undefined ? {} : { version: which }) }]
  })
}

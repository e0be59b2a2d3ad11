import { pathEscape } from '../path-escape.ts'
import type { ConfigPart } from '../subjects/config-subject.ts'

type Record_ = Readonly<Record<string, unknown>>

/** Annotations by which clients name what they write: ORAS and ModelKits, and the CNCF model-spec. */
const NAMES = ['org.opencontainers.image.title', 'org.cncf.model.filepath']
/** Parts of a Kitfile that have a path of their own (https://kitops.org/docs/kitfile/format/). */
const KIT_LISTS = ['code', 'datasets', 'docs', 'prompts']
const MAX_ENTRIES = 10_000
const MAX_SHOWN = 200

/** Where clients of a registry write the layers of an artifact, when that is outside of the folder that they were given. */
export function layerParts(root: unknown): readonly ConfigPart[] {
  if (!isRecord(root)) return []
  return [...named(root)].flatMap(({ path, name }) => {
    const reason = pathEscape(name)
    const shown = name.slice(0, MAX_SHOWN)
    return reason === undefined
      ? []
      : [{ deed: 'escaping-layer', path, why: `${path} is ${shown}: ${reason}`, text: shown } as const]
  })
}

interface Named {
  readonly path: string
  readonly name: string
}

function named(root: Record_): readonly Named[] {
  if (root.schemaVersion === 2) return listOf(root.layers).flatMap(titlesOf)
  return typeof root.manifestVersion === 'string' && isRecord(root.package) ? kitPaths(root) : []
}

function titlesOf(layer: Record_, i: number): readonly Named[] {
  const { annotations } = layer
  if (!isRecord(annotations)) return []
  return NAMES.flatMap((key) => {
    const name = annotations[key]
    return typeof name === 'string' ? [{ path: `layers[${i}].annotations.${key}`, name }] : []
  })
}

function kitPaths(root: Record_): readonly Named[] {
  const listed = KIT_LISTS.flatMap((key) =>
    listOf(root[key]).map((part, i) => ({ path: `${key}[${i}].path`, name: part.path })),
  )
  const model = { path: 'model.path', name: isRecord(root.model) ? root.model.path : undefined }
  return [model, ...listed].flatMap(({ path, name }) => (typeof name === 'string' ? [{ path, name }] : []))
}

function listOf(value: unknown): readonly Record_[] {
  return Array.isArray(value) ? value.slice(0, MAX_ENTRIES).filter(isRecord) : []
}

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

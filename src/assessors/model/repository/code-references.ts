import type { RepositorySubject } from '../subjects/repository-subject.ts'
import { folderOf } from './reached-code.ts'

/** A configuration that names code, and where that code is. */
export interface CodeReference {
  readonly path: string
  /** Where in the configuration. */
  readonly key: string
  readonly reference: string
  readonly place: 'here' | 'missing' | 'elsewhere'
  /** The file, or the other repository. */
  readonly target: string
}

/** Values of one configuration that are looked at. */
const MAX_VALUES = 100_000

/** A value of a JSON document, with the keys that lead to it. */
export interface Walked {
  readonly key: string
  readonly path: readonly string[]
  readonly value: unknown
}

/** Every value of a document, outermost first, without recursion. */
export function valuesOf(document: unknown): readonly Walked[] {
  const walked: Walked[] = []
  const open: Walked[] = [{ key: '', path: [], value: document }]
  for (let one = open.pop(); one !== undefined && walked.length < MAX_VALUES; one = open.pop()) {
    walked.push(one)
    if (typeof one.value !== 'object' || one.value === null || one.path.length > 40) continue
    for (const [key, value] of Object.entries(one.value).slice(0, 10_000))
      open.push({ key, path: [...one.path, key], value })
  }
  return walked
}

/** All `auto_map` entries of a repository, https://huggingface.co/docs/transformers/main/en/custom_models. */
export function autoMapReferences(subject: RepositorySubject): readonly CodeReference[] {
  return [...subject.documents].flatMap(([path, document]) =>
    /\.index\.json$|tokenizer\.json$/.test(path)
      ? []
      : valuesOf(document)
          .filter(({ key }) => key === 'auto_map')
          .flatMap(({ value }) => valuesOf(value))
          .flatMap(({ value, path: inner }) =>
            typeof value === 'string' && value !== ''
              ? [referenceOf(subject, { path, key: `auto_map.${inner.join('.')}`, reference: value })]
              : [],
          ),
  )
}

/** Where `module.Class` or `owner/name--module.Class` leads. */
export function referenceOf(
  subject: RepositorySubject,
  { path, key, reference }: Pick<CodeReference, 'path' | 'key' | 'reference'>,
): CodeReference {
  const [owner, inner] = reference.includes('--') ? reference.split('--', 2) : [undefined, reference]
  if (owner !== undefined) return { path, key, reference, place: 'elsewhere', target: owner }
  const module = (inner ?? '').split('.').slice(0, -1).join('/')
  const file = findUpwards(subject, folderOf(path), `${module === '' ? inner : module}.py`)
  return {
    path,
    key,
    reference,
    place: file === undefined ? 'missing' : 'here',
    target: file ?? `${module}.py`,
  }
}

/** A file in a folder or one above it; loaders look from the folder of the model. */
export function findUpwards(subject: RepositorySubject, folder: string, name: string): string | undefined {
  for (let at = folder; ; at = folderOf(at.slice(0, -1))) {
    if (subject.names.has(`${at}${name}`)) return `${at}${name}`
    if (at === '') return undefined
  }
}

import type { ManifestEntry } from '../../ground/domain/index.ts'
import { listOf, recordOf, SallyportError, textOf } from '../../ground/lang/index.ts'

/** Names of branches and tags that travel; a hub has `main` and few others that matter. */
const MAX_REFS = 100
/** Texts about a repository that travel. */
const MAX_TAGS = 500

/** A revision under which a hub knew the model. */
export interface HubEntry {
  readonly repo: { readonly kind: 'model' | 'dataset' | 'space'; readonly id: string }
  /** 40 hex digits. */
  readonly commit: string
  /** Branches and tags that stood there. */
  readonly refs: readonly string[]
  /** The digests by which its clients know the files; they were checked where they came in. */
  readonly files: readonly {
    readonly path: string
    readonly size: number
    readonly gitOid?: string
    readonly lfsSha256?: string
  }[]
  readonly facts: Readonly<Record<string, string | boolean | readonly string[]>>
}

/** An entry of a signed index; it must be about the very files of its model. @throws SallyportError `BAD_INPUT` */
export function readHubEntry(value: unknown, model: readonly ManifestEntry[]): HubEntry {
  const { repo, commit, refs, files, facts } = recordOf(value)
  const { kind, id } = recordOf(repo)
  const known = (['model', 'dataset', 'space'] as const).find((one) => one === kind)
  const isRepo = typeof id === 'string' && /^[\w.-]{1,96}(?:\/[\w.-]{1,96})?$/.test(id) && !id.includes('..')
  if (known === undefined || !isRepo) throw refuse('it names no repository')
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) throw refuse('it names no commit')
  const sizes = new Map(model.map(({ name, size }) => [name, size]))
  const entries = listOf(files).map(fileOf)
  if (entries.length !== sizes.size || entries.some(({ path, size }) => sizes.get(path) !== size))
    throw refuse('its files are not those of the model')
  return {
    repo: { kind: known, id },
    commit,
    refs: listOf(refs).slice(0, MAX_REFS).filter(isRef),
    files: entries,
    facts: factsOf(facts),
  }
}

function fileOf(value: unknown): HubEntry['files'][number] {
  const { path, size, gitOid, lfsSha256 } = recordOf(value)
  const isGit = typeof gitOid === 'string' && /^[0-9a-f]{40}$/.test(gitOid)
  const isLfs = typeof lfsSha256 === 'string' && /^[0-9a-f]{64}$/.test(lfsSha256)
  return {
    path: String(path),
    size: Number(size),
    ...(isGit ? { gitOid } : {}),
    ...(isLfs ? { lfsSha256 } : {}),
  }
}

function isRef(value: unknown): value is string {
  return typeof value === 'string' && /^[\w][\w./-]{0,254}$/.test(value) && !value.includes('..')
}

const TEXTS = ['author', 'license', 'pipelineTag', 'libraryName', 'createdAt', 'lastModified'] as const

function factsOf(value: unknown): HubEntry['facts'] {
  const fields = recordOf(value)
  const facts: Record<string, string | boolean | readonly string[]> = {}
  for (const name of TEXTS) {
    const found = textOf(fields[name])
    if (found !== undefined) facts[name] = found.slice(0, 300)
  }
  for (const name of ['gated', 'private'] as const) {
    const found = fields[name]
    if (typeof found === 'boolean') facts[name] = found
  }
  const tags = listOf(fields.tags).filter((tag) => typeof tag === 'string' && tag.length <= 200)
  if (tags.length > 0) facts.tags = tags.slice(0, MAX_TAGS) as readonly string[]
  return facts
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_INPUT', `an entry for the hub cannot be read: ${why}`)
}

import type { Digest } from '../../ground/domain/index.ts'
import { diffLines, SallyportError } from '../../ground/lang/index.ts'
import type { Actor, BlobStore, ModelDetail, ModelSummary, OpenRegistry } from '../registry/index.ts'
import { compareTools, fieldsThatDiffer, risksOfTool } from './find-risks.ts'
import { CONTENT_FILES, identityOf, type Tool } from './identity-of.ts'
import { checkName, nameInRegistry, parseSubjectName, type SubjectKind } from './subject-name.ts'
import type {
  RegisteredSubject,
  Registration,
  SubjectChanges,
  SubjectRisk,
  Subjects,
} from './subjects-port.ts'

/** Subjects read at a time. */
const PAGE = 200
/** Lines of a difference. */
const MAX_LINES = 2_000
/** Bytes of one file of a version that is compared; `identityOf` lets nothing longer in. */
const MAX_FILE_BYTES = 32 * 2 ** 20

/** What the registry of subjects stands on. */
export interface SubjectsDeps {
  readonly registry: Pick<OpenRegistry, 'assess' | 'get' | 'importModel' | 'importStored' | 'list'>
  readonly blobs: Pick<BlobStore, 'putStream' | 'readAll'>
}

/** The registry of data sets, prompts, tool lists and endpoints. Each version is a subject of its own in the model registry. */
export function createSubjects(deps: SubjectsDeps): Subjects {
  const list: Subjects['list'] = async ({ kind, name }) => {
    const found = await allSubjects(deps)
    return found.filter((one) => (kind ?? one.kind) === one.kind && (name ?? one.name) === one.name)
  }
  const changes = (before: Digest, after: Digest) => compareVersions(deps, before, after)
  return {
    list,
    changes,
    register: async ({ kind, name, content }, actor) => {
      const checked = checkName(name)
      if (!checked.ok) throw new SallyportError('BAD_INPUT', checked.error)
      const [before] = await list({ kind, name })
      const digest = await takeIn(deps, { kind, name, content }, actor)
      const subject =
        before?.model.digest === digest && before.model.stage !== 'quarantined'
          ? await deps.registry.get(digest)
          : await deps.registry.assess(digest, actor)
      return registrationOf({ subject, before: before?.model }, changes)
    },
  }
}

async function registrationOf(
  { subject, before }: { readonly subject: ModelDetail; readonly before: ModelSummary | undefined },
  changes: Subjects['changes'],
): Promise<Registration> {
  if (before === undefined) return { subject, isNew: true }
  if (before.digest === subject.digest) return { subject, isNew: false }
  const had = before.approvals > 0 || ['approved', 'staging', 'production'].includes(before.stage)
  return {
    subject,
    isNew: true,
    changes: await changes(before.digest, subject.digest),
    ...(had
      ? {
          fallenAway: `The version before stood at ${before.stage} with ${before.approvals} approvals; they are for its digest and count for this one no more.`,
        }
      : {}),
  }
}

async function takeIn(
  { registry, blobs }: SubjectsDeps,
  { kind, name, content }: { readonly kind: SubjectKind; readonly name: string; readonly content: string },
  actor: Actor,
): Promise<Digest> {
  const label = nameInRegistry(kind, name)
  if (kind === 'dataset') return (await registry.importModel({ path: content, name: label }, actor)).digest
  const entries = []
  for (const { name: file, text } of identityOf({ kind, name }, content)) {
    const { sha256, size } = await blobs.putStream(once(Buffer.from(text)))
    entries.push({ name: file, size, sha256 })
  }
  return registry.importStored({ name: label, label: `${kind} ${name}`, entries }, actor)
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

async function allSubjects({ registry }: SubjectsDeps): Promise<readonly RegisteredSubject[]> {
  const found: RegisteredSubject[] = []
  let cursor: string | undefined
  do {
    const page = await registry.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    for (const model of page.items) {
      const parsed = parseSubjectName(model.name)
      if (parsed !== undefined) found.push({ ...parsed, model })
    }
    cursor = page.next
  } while (cursor !== undefined)
  return found.toSorted((a, b) => (a.model.importedAt < b.model.importedAt ? 1 : -1))
}

async function compareVersions(deps: SubjectsDeps, before: Digest, after: Digest): Promise<SubjectChanges> {
  const [old, fresh] = [await deps.registry.get(before), await deps.registry.get(after)]
  const [was, is] = [parseSubjectName(old.name), parseSubjectName(fresh.name)]
  if (was === undefined || is === undefined || was.kind !== is.kind)
    throw new SallyportError(
      'BAD_INPUT',
      `${old.name} and ${fresh.name} are not two versions of one kind; \`sallyport diff\` compares models`,
    )
  const common = { kind: is.kind, name: is.name, before, after }
  if (is.kind === 'dataset') return { ...common, ...compareFileLists(old, fresh) }
  const [a, b] = [await textOf(deps, old), await textOf(deps, fresh)]
  return { ...common, ...diffLines(a, b, MAX_LINES), ...compareMeaning(is.kind, a, b) }
}

function compareMeaning(
  kind: Exclude<SubjectKind, 'dataset'>,
  before: string,
  after: string,
): Pick<SubjectChanges, 'added' | 'removed' | 'changed' | 'risks'> {
  const none = { added: [], removed: [], changed: [] }
  if (kind === 'prompt')
    return {
      ...none,
      risks:
        before === after
          ? []
          : [
              {
                code: 'prompt-changed',
                message: 'What stands before every conversation has changed: read the lines.',
              },
            ],
    }
  const [a, b] = [JSON.parse(before) as unknown, JSON.parse(after) as unknown]
  if (kind === 'tool-list') return compareTools(a as readonly Tool[], b as readonly Tool[])
  return compareEndpoints(a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>)
}

function compareEndpoints(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Pick<SubjectChanges, 'added' | 'removed' | 'changed' | 'risks'> {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = keys
    .filter((key) => key in before && key in after)
    .map((key) => ({ item: key, fields: fieldsThatDiffer(before[key], after[key], key) }))
    .filter(({ fields }) => fields.length > 0)
  const moved = changed.filter(({ item }) => ['provider', 'model', 'url'].includes(item))
  const risks: SubjectRisk[] = moved.map(({ item }) => ({
    code: 'endpoint-moved',
    message: `${item} was ${JSON.stringify(before[item])?.slice(0, 120)} and is ${JSON.stringify(after[item])?.slice(0, 120)}: somebody else may answer now.`,
  }))
  const tools = after.tools
  if (Array.isArray(tools) && changed.some(({ item }) => item === 'tools'))
    risks.push(...(tools as readonly Tool[]).flatMap(risksOfTool))
  return {
    added: keys.filter((key) => !(key in before)),
    removed: keys.filter((key) => !(key in after)),
    changed,
    risks,
  }
}

function compareFileLists(
  before: ModelDetail,
  after: ModelDetail,
): Pick<SubjectChanges, 'lines' | 'cut' | 'added' | 'removed' | 'changed' | 'risks'> {
  const old = new Map(before.files.map((file) => [file.name, file]))
  const fresh = new Map(after.files.map((file) => [file.name, file]))
  const changed = after.files.flatMap((file) => {
    const was = old.get(file.name)
    return was === undefined || was.sha256 === file.sha256
      ? []
      : [{ item: file.name, fields: was.size === file.size ? ['sha256'] : ['sha256', 'size'] }]
  })
  return {
    lines: [],
    cut: false,
    added: after.files.flatMap(({ name }) => (old.has(name) ? [] : [name])),
    removed: before.files.flatMap(({ name }) => (fresh.has(name) ? [] : [name])),
    changed,
    risks:
      changed.length === 0
        ? []
        : [{ code: 'data-changed', message: 'Files of the same name hold other data.' }],
  }
}

async function textOf({ blobs }: SubjectsDeps, { files }: ModelDetail): Promise<string> {
  const file = files.find(({ name }) => CONTENT_FILES.includes(name))
  if (file === undefined) throw new SallyportError('STORE_FAILED', 'this version has no content')
  return Buffer.from(await blobs.readAll(file.sha256, MAX_FILE_BYTES)).toString('utf8')
}

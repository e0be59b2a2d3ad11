import { problemOfName } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { HubFacts, HubFile } from '../../services/firewall/index.ts'

/** Characters of a text that a hub's authors wrote, and how many tags of them are kept. */
const MAX_TEXT = 300
const MAX_TAGS = 200
/** Bytes. Larger than any published file. */
const MAX_FILE_BYTES = 2 ** 43

/** What a hub says about a revision (`GET /api/models/{id}/revision/{rev}`), with nothing that we do not hand on. */
export function readInfo(value: unknown): { readonly commit: string; readonly facts: HubFacts } {
  const info = asRecord(value, 'the repository')
  const { sha } = info
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha)) throw broken('the repository has no commit')
  const card = typeof info.cardData === 'object' && info.cardData !== null ? info.cardData : {}
  const license = text((card as Readonly<Record<string, unknown>>).license)
  return {
    commit: sha,
    facts: {
      ...optional('author', text(info.author)),
      ...optional('license', license),
      ...optional('pipelineTag', text(info.pipeline_tag)),
      ...optional('libraryName', text(info.library_name)),
      ...optional('createdAt', time(info.createdAt)),
      ...optional('lastModified', time(info.lastModified)),
      ...(info.gated === undefined ? {} : { gated: info.gated !== false }),
      ...(typeof info.private === 'boolean' ? { private: info.private } : {}),
      ...(Number.isSafeInteger(info.downloads) ? { downloads: Number(info.downloads) } : {}),
      ...(Array.isArray(info.tags)
        ? { tags: info.tags.flatMap((tag) => text(tag) ?? []).slice(0, MAX_TAGS) }
        : {}),
    },
  }
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string }
}

/** Folders are left out: they hold nothing. @throws SallyportError `PEER_FAILED` for a name or digest that cannot be */
export function readTreePage(value: unknown): readonly HubFile[] {
  if (!Array.isArray(value)) throw broken('the list of files is none')
  return value.flatMap((item, i): readonly HubFile[] => {
    const entry = asRecord(item, `file ${i + 1}`)
    if (entry.type === 'directory') return []
    if (entry.type !== 'file') throw broken(`"${shown(entry.path)}" is neither a file nor a folder`)
    return [readFile(entry)]
  })
}

function readFile({ path, size, oid, lfs }: Readonly<Record<string, unknown>>): HubFile {
  if (typeof path !== 'string') throw broken('a file has no name')
  const problem = problemOfName(path)
  if (problem !== undefined) throw broken(problem)
  const name = shown(path)
  if (!Number.isSafeInteger(size) || Number(size) < 0 || Number(size) > MAX_FILE_BYTES)
    throw broken(`"${name}" has the size ${shown(size)}`)
  if (typeof oid !== 'string' || !/^[0-9a-f]{40}$/.test(oid)) throw broken(`"${name}" has no git object`)
  const stated = { path, size: Number(size), gitOid: oid }
  if (lfs === undefined || lfs === null) return stated
  const { oid: sha256, size: lfsSize } = asRecord(lfs, `the LFS part of "${name}"`)
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    throw broken(`"${name}" has no SHA-256 in its LFS part`)
  if (lfsSize !== undefined && lfsSize !== size) throw broken(`"${name}" has two sizes`)
  return { ...stated, lfsSha256: sha256 }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw broken(`${what} is no object`)
  return value as Readonly<Record<string, unknown>>
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : undefined
}

function time(value: unknown): string | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(ms) ? new Date(ms).toISOString() : undefined
}

function shown(value: unknown): string {
  return String(value).slice(0, 120)
}

function broken(what: string): SallyportError {
  return new SallyportError('PEER_FAILED', `the hub's answer makes no sense: ${what}`)
}

import { problemOfName } from '../../ground/domain/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** What a hub keeps. */
export const REPO_KINDS = ['model', 'dataset', 'space'] as const
export type RepoKind = (typeof REPO_KINDS)[number]

/** One repository of the hub: `org/name`, or a name alone for the oldest ones. */
export interface RepoAddress {
  readonly kind: RepoKind
  readonly id: string
}

/** Characters of a repository id: the hub's own limit is 96 for each half. */
const MAX_ID = 193
/** One half of an id, as the hub's own clients check it (huggingface_hub, utils/_validators.py). */
const ID_PART = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,95}$/
/** Characters of a branch, tag or commit; git allows more, the hub's names are shorter. */
const MAX_REVISION = 255
const COMMIT = /^[0-9a-f]{40}$/

/** A repository from outside, or why it cannot be one. */
export function parseRepo(kind: RepoKind, id: string): Result<RepoAddress> {
  const parts = id.split('/')
  const isId = id.length <= MAX_ID && parts.length <= 2 && parts.every((part) => ID_PART.test(part))
  if (!isId || id.includes('..') || id.includes('--') || parts.some((part) => /[.-]$|\.git$/.test(part)))
    return fail(`${JSON.stringify(id.slice(0, 80))} is no repository of a hub`)
  return ok({ kind, id })
}

/** A branch, tag or commit from outside: printable, no climbing, as git allows it (git-check-ref-format). */
export function parseRevision(text: string): Result<string> {
  const isName =
    text.length > 0 &&
    text.length <= MAX_REVISION &&
    /^[\w./+@=-]+$/.test(text) &&
    !/^[./-]|\.\.|\/\/|@\{|[./]$|\.lock$/.test(text)
  return isName ? ok(text) : fail(`${JSON.stringify(text.slice(0, 80))} is no branch, tag or commit`)
}

/** Whether a revision names bytes that never change: a whole commit hash. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision)
}

/** A path inside a repository from outside. */
export function parseRepoPath(path: string): Result<string> {
  const problem = problemOfName(path)
  return problem === undefined ? ok(path) : fail(problem)
}

/** One line that names a repository, for people and for keys of maps. */
export function nameOfRepo({ kind, id }: RepoAddress): string {
  return kind === 'model' ? id : `${kind}s/${id}`
}

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestOfHash } from '../../ground/domain/index.ts'

/** Milliseconds that git may take: a large working tree on a cold disk needs some. */
const TIMEOUT_MS = 60_000
/** Bytes of untracked files that are hashed; beyond it they count by name and size. */
const MAX_UNTRACKED_BYTES = 256 * 2 ** 20
/** Bytes kept of an answer that is read whole. */
const MAX_ANSWER_BYTES = 4 * 2 ** 20
/** What a repository's own configuration could have run while we look. */
const QUIET = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'diff.external=']

type Environment = Readonly<Record<string, string | undefined>>

/** Where git is asked, and in which environment. */
interface Place {
  readonly folder: string
  readonly environment: Environment
}

/** The state of a repository: its commit, what differs from it, and where it comes from. */
export interface GitState {
  readonly root: string
  readonly commit: string
  readonly changes?: Digest
  /** Without user, password and query. */
  readonly remote?: string
}

/** The repository that a folder lies in; undefined when there is none, or no git, or no commit yet. */
export async function readGitState(folder: string, environment: Environment): Promise<GitState | undefined> {
  const git = (at: string) => ({ folder: at, environment })
  const root = (await ask(git(folder), ['rev-parse', '--show-toplevel']))?.trim()
  const commit = (await ask(git(folder), ['rev-parse', '--verify', 'HEAD']))?.trim()
  if (root === undefined || commit === undefined || !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit))
    return undefined
  const changes = await changesIn(git(root))
  const remote = bareRemote((await ask(git(root), ['config', '--get', 'remote.origin.url']))?.trim() ?? '')
  return {
    root,
    commit,
    ...(changes === undefined ? {} : { changes }),
    ...(remote === '' ? {} : { remote }),
  }
}

/** A remote's address without who asks: user, password, query and fragment go. */
export function bareRemote(remote: string): string {
  return remote
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
    .replace(/[?#].*$/, '')
    .slice(0, 2000)
}

async function changesIn(at: Place): Promise<Digest | undefined> {
  const hash = createHash('sha256')
  let any = false
  const note = (bytes: string | Uint8Array) => {
    any = true
    hash.update(bytes)
  }
  await run(at, ['diff', '--no-ext-diff', '--no-textconv', '--binary', 'HEAD', '--'], note)
  const names = await ask(at, ['ls-files', '--others', '--exclude-standard', '-z'])
  let room = MAX_UNTRACKED_BYTES
  for (const name of (names ?? '')
    .split('\0')
    .filter((one) => one !== '')
    .sort()) {
    const path = join(at.folder, name)
    const info = await stat(path).catch(() => undefined) // Gone since git saw it: its name counts.
    const isRead = info?.isFile() === true && info.size <= room
    if (isRead) room -= info.size
    note(`\0${name}\0${info?.size ?? 0}\0${isRead ? await hashFile(path) : ''}`)
  }
  return any ? digestOfHash(hash.digest()) : undefined
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

async function ask(at: Place, args: readonly string[]): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  const code = await run(at, args, (bytes) => {
    size += bytes.length
    if (size <= MAX_ANSWER_BYTES) chunks.push(bytes)
  })
  return code === 0 ? Buffer.concat(chunks).toString('utf8') : undefined
}

function run(
  { folder, environment }: Place,
  args: readonly string[],
  onBytes: (bytes: Uint8Array) => void,
): Promise<number> {
  return new Promise((done) => {
    const child = spawn('git', [...QUIET, '-C', folder, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TIMEOUT_MS,
      env: { ...environment, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
    })
    child.stdout.on('data', onBytes)
    child.once('error', () => done(127)) // git is not installed: the record says that code is not known.
    child.once('close', (code) => done(code ?? 1))
  })
}

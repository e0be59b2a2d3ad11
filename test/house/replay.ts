import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stagedPackage } from './staged-package.ts'

const ROOT = join(import.meta.dirname, '../..')
const TOKEN = /token, shown this once: (\S+)/

/** A place to run a document in: the examples, an empty home, and `sallyport` on the path. */
export interface Stand {
  readonly folder: string
  readonly env: Record<string, string>
}

export function makeStand(): Stand {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-docs-'))
  const work = join(folder, 'work')
  mkdirSync(join(folder, 'bin'))
  mkdirSync(work)
  const { binary, cacheFolder } = stagedPackage()
  symlinkSync(binary, join(folder, 'bin/sallyport'))
  cpSync(join(ROOT, 'examples'), join(work, 'examples'), { recursive: true })
  return {
    folder,
    env: {
      PATH: `${folder}/bin:${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      XDG_CACHE_HOME: cacheFolder,
      NO_COLOR: '1',
      SALLYPORT_HOME: join(folder, 'home'),
      TZ: 'UTC',
    },
  }
}

/** One command as a shell runs it; the token of a new person goes into a variable of their name, as the guides say. */
function run(stand: Stand, command: string): string[] {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], {
    cwd: join(stand.folder, 'work'),
    env: stand.env,
    encoding: 'utf8',
    timeout: 60_000,
  })
  const text = `${stdout}${stderr}`.replaceAll(`${stand.folder}/home`, '~/.local/share/sallyport')
  const name = /people add (\w+)/.exec(command)?.[1]
  const token = TOKEN.exec(text)?.[1]
  if (name !== undefined && token !== undefined) stand.env[name.toUpperCase()] = token
  const lines = text
    .replace(TOKEN, 'token, shown this once: sp_…')
    .trimEnd()
    .split('\n')
    .filter((line, _, all) => all.length > 1 || line !== '')
  return status === 0 ? lines : [...lines, `[exit ${status}]`]
}

/** The document with what its `console` blocks print today. */
export function replay(document: string, stand: Stand): string {
  const out: string[] = []
  let inside = false
  for (const line of document.split('\n')) {
    if (line.startsWith('```')) inside = line === '```console'
    if (!inside || line.startsWith('```')) out.push(line)
    else if (line.startsWith('$ ')) {
      const last = out.at(-1) ?? ''
      if (last !== '```console' && last !== '' && !last.startsWith('$ ')) out.push('')
      out.push(line, ...run(stand, line.slice(2)))
    }
  }
  return out.join('\n')
}

/** Takes out what differs between two honest runs: digests, ids, keys, tokens, times, and the padding around them. */
export function normalise(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g, '<id>')
    .replaceAll(/sha256:[0-9a-f]{12,64}/g, 'sha256:<digest>')
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/-----BEGIN PUBLIC KEY-----[^-]*/g, '-----BEGIN PUBLIC KEY-----\n<key>\n')
    .replaceAll(/\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{20,}/g, '+<key>')
    .replaceAll(/^— (\S+) [A-Za-z0-9+/=]{20,}$/gm, '— $1 <signature>')
    .replaceAll(/^[A-Za-z0-9+/]{43}=$/gm, '<hash>')
    .replaceAll(/\b[0-9a-f]{16}\b/g, '<key id>')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>')
}

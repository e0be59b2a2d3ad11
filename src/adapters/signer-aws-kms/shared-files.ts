import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Env } from './aws-deps.ts'

/** Bytes. A file of profiles is some kilobytes. */
const MAX_FILE_BYTES = 1024 * 1024

/** The settings of one profile, lower-case names, of `~/.aws/config` and `~/.aws/credentials`, the latter winning. */
export async function readProfile(env: Env): Promise<Readonly<Record<string, string>>> {
  const folder = join(env.HOME ?? homedir(), '.aws')
  const name = env.AWS_PROFILE ?? 'default'
  const config = await readIni(env.AWS_CONFIG_FILE ?? join(folder, 'config'))
  const secret = await readIni(env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'))
  const found = [
    config.get(`profile ${name}`) ?? (name === 'default' ? config.get(name) : undefined),
    secret.get(name),
  ]
  if (env.AWS_PROFILE !== undefined && found.every((section) => section === undefined))
    throw new SallyportError('BAD_CONFIG', `AWS: the profile "${name}" stands in no file of ${folder}`)
  return Object.assign({}, ...found)
}

async function readIni(path: string): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const sections = new Map<string, Record<string, string>>()
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw new SallyportError('BAD_CONFIG', `AWS: cannot read ${path}`, { cause })
  })
  if (text.length > MAX_FILE_BYTES) throw new SallyportError('BAD_CONFIG', `AWS: ${path} is too large`)
  let section: Record<string, string> | undefined
  for (const line of text.split(/\r?\n/)) {
    const [, head] = /^\s*\[\s*(.+?)\s*\]\s*(?:[#;].*)?$/.exec(line) ?? []
    if (head !== undefined) {
      section = sections.get(head) ?? {}
      sections.set(head, section)
      continue
    }
    const [, key, value] = /^([A-Za-z0-9_.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (section !== undefined && key !== undefined) section[key.toLowerCase()] = value ?? ''
  }
  return sections
}

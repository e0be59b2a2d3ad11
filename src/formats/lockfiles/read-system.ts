import { type Component, makeComponent } from '../../ground/domain/index.ts'
import { hashOf } from './hashes.ts'
import { type ListProblem, makeList, type PackageList } from './package-list.ts'

/** Distribution and release of a root file system, from its `os-release`. */
export interface Distro {
  readonly id: string
  readonly release?: string
}

/** `os-release`. https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export function readOsRelease(text: string): Distro | undefined {
  const field = (name: string) => new RegExp(`^${name}=["']?([\\w.-]{1,64})["']?\\s*$`, 'm').exec(text)?.[1]
  const id = field('ID')
  const release = field('VERSION_ID')
  return id === undefined ? undefined : { id, ...(release === undefined ? {} : { release }) }
}

/** `/var/lib/dpkg/status`. https://manpages.debian.org/bookworm/dpkg/deb822.5.en.html */
export function readDpkgStatus(text: string, path: string, distro: Distro = { id: 'debian' }): PackageList {
  const problems: ListProblem[] = []
  const components: Component[] = []
  for (const { fields, line } of stanzas(text, /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/)) {
    const name = fields.get('package')
    const version = fields.get('version')
    const status = fields.get('status') ?? 'install ok installed'
    if (name === undefined || version === undefined) {
      // Removed packages whose settings remain have no version.
      if (status.endsWith(' installed')) problems.push({ message: 'a package without name or version', line })
      continue
    }
    if (!/ (?:installed|unpacked|half-configured|triggers-\w+)$/.test(status)) continue
    const [, sourceName, sourceVersion] = /^(\S+)(?:\s+\(([^)]+)\))?$/.exec(fields.get('source') ?? '') ?? []
    components.push(
      makeComponent({
        type: 'deb',
        name,
        version,
        distro,
        sourceName: sourceName ?? name,
        sourceVersion: sourceVersion ?? version,
        dependsOn: namesIn(fields.get('depends')),
        location: { path, line },
      }),
    )
  }
  return makeList({ format: 'dpkg status', path, kind: 'installed' }, { components, problems })
}

/** `/lib/apk/db/installed`. https://wiki.alpinelinux.org/wiki/Apk_spec */
export function readApkInstalled(text: string, path: string, distro: Distro = { id: 'alpine' }): PackageList {
  const problems: ListProblem[] = []
  const components: Component[] = []
  for (const { fields, line } of stanzas(text, /^([A-Za-z]):(.*)$/, false)) {
    const name = fields.get('P')
    const version = fields.get('V')
    if (name === undefined || version === undefined) {
      problems.push({ message: 'a package without name or version', line })
      continue
    }
    const digest = /^Q1(.{28})$/.exec(fields.get('C') ?? '')?.[1]
    const sha1 =
      digest === undefined ? undefined : hashOf('sha1', Buffer.from(digest, 'base64').toString('hex'))
    components.push(
      makeComponent({
        type: 'apk',
        name,
        version,
        distro,
        sourceName: fields.get('o') ?? name,
        sourceVersion: version,
        hashes: sha1 === undefined ? [] : [sha1],
        location: { path, line },
      }),
    )
  }
  return makeList({ format: 'apk installed', path, kind: 'installed' }, { components, problems })
}

interface Stanza {
  readonly fields: Map<string, string>
  /** Of its first line. */
  readonly line: number
}

/** Paragraphs of `Key: value`, with an empty line between. Lines that go on are left out: nothing here needs them. */
function* stanzas(text: string, form: RegExp, isFolded = true): Generator<Stanza> {
  let stanza: Stanza | undefined
  let line = 0
  for (const raw of text.split('\n')) {
    line++
    if (raw.trim() === '') {
      if (stanza !== undefined) yield stanza
      stanza = undefined
      continue
    }
    const [, key, value = ''] = form.exec(raw.slice(0, 20_000)) ?? []
    stanza ??= { fields: new Map(), line }
    if (key === undefined) continue
    const name = isFolded ? key.toLowerCase() : key
    if (!stanza.fields.has(name)) stanza.fields.set(name, value.trim())
  }
  if (stanza !== undefined) yield stanza
}

function namesIn(depends = ''): readonly string[] {
  return [
    ...new Set(depends.split(/[,|]/).flatMap((part) => /^\s*([a-z0-9][a-z0-9+.-]+)/.exec(part)?.[1] ?? [])),
  ]
}

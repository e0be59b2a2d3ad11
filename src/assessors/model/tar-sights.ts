import type { TarEntry, TarView } from '../../formats/tar/index.ts'
import type { ContainerSight } from './subjects/container-subject.ts'

/** Links that are followed while one path is resolved; Linux allows 40. */
const MAX_FOLLOWED = 40

/**
 * What unpacking a tar would do outside its folder, and on what two readers differ. In a layer of a container image links
 * to absolute places and devices are ordinary, as they count from the root of the image; but no builder writes through them.
 */
export function tarSights(view: TarView, isLayer: boolean): ContainerSight[] {
  const sights: ContainerSight[] = []
  const links = new Map<string, string>()
  const names = new Set<string>()
  for (const entry of view.entries) {
    sights.push(...sightsOfEntry(entry, links, isLayer))
    const target = targetOf(entry, links)
    if (target !== undefined) links.set(tidyName(entry.name), target)
    if (entry.kind !== 'folder' && names.has(tidyName(entry.name)))
      sights.push(
        sight(entry, 'disagreement', 'the name stands twice: some readers take the first, others the last'),
      )
    names.add(tidyName(entry.name))
  }
  for (const { kind, message, offset, member } of view.problems)
    if (kind === 'disagreement' || kind === 'checksum')
      sights.push({ kind: 'disagreement', message, offset, ...(member === undefined ? {} : { member }) })
  return sights
}

/** A hard link to a symbolic link is that link under another name. */
function targetOf({ kind, link }: TarEntry, links: ReadonlyMap<string, string>): string | undefined {
  return kind === 'symlink' ? link : kind === 'hard-link' ? links.get(tidyName(link)) : undefined
}

function sight(entry: TarEntry, kind: ContainerSight['kind'], message: string): ContainerSight {
  return { kind, message, member: entry.name, offset: entry.headerOffset }
}

function sightsOfEntry(
  entry: TarEntry,
  links: ReadonlyMap<string, string>,
  isLayer: boolean,
): ContainerSight[] {
  const found: ContainerSight[] = []
  const { name, kind, link } = entry
  if (isAbsolute(name)) found.push(sight(entry, 'escape', 'the name is absolute'))
  else if (climbs(name)) found.push(sight(entry, 'escape', 'the name climbs out with ".."'))
  if (found.length === 0 && isThroughLink(name, links))
    found.push(sight(entry, 'escape', 'it is written through a link that leads out of the archive'))
  if (isLayer) return [...found, ...hardLinkOfLayer(entry, links)]
  if (kind === 'device' || kind === 'pipe') found.push(sight(entry, 'device', `it is a ${kind}`))
  if (
    (kind === 'symlink' && leadsOut(name, link, links)) ||
    (kind === 'hard-link' && (isAbsolute(link) || resolve(link, links) === undefined))
  )
    found.push(sight(entry, 'link', `the ${kind} leads to ${JSON.stringify(link)}, outside of the archive`))
  return found
}

/** Hard links are named from the root of the layer, also with a slash before. */
function hardLinkOfLayer(entry: TarEntry, links: ReadonlyMap<string, string>): ContainerSight[] {
  const { kind, link } = entry
  if (kind !== 'hard-link' || (!climbs(link) && !isThroughLink(link, links))) return []
  return [sight(entry, 'link', `the hard-link leads to ${JSON.stringify(link)}, out of the layer`)]
}

/** A member is unpacked behind a link of the archive that leads out of it. */
export function isThroughLink(name: string, links: ReadonlyMap<string, string>): boolean {
  return resolve(folderOf(name), links) === undefined
}

/** A symbolic link of an archive leads out of it. */
export function leadsOut(name: string, link: string, links: ReadonlyMap<string, string>): boolean {
  return isAbsolute(link) || resolve(`${folderOf(name)}/${link}`, links) === undefined
}

function isAbsolute(name: string): boolean {
  return /^[/\\]/.test(name) || /^[A-Za-z]:[/\\]/.test(name)
}

function climbs(name: string): boolean {
  return resolve(name, new Map()) === undefined || name.split(/[/\\]/).includes('..')
}

function folderOf(name: string): string {
  const bare = name.replace(/\/+$/, '')
  return bare.slice(0, Math.max(0, bare.lastIndexOf('/')))
}

/** A name in an archive without empty and dot parts. */
export function tidyName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

/** Where a path ends when the links of the archive are followed; undefined when that is outside. */
function resolve(path: string, links: ReadonlyMap<string, string>): string | undefined {
  const todo = path.split('/').reverse()
  const done: string[] = []
  let followed = 0
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (done.pop() === undefined) return undefined
      continue
    }
    done.push(part)
    const link = links.get(done.join('/'))
    if (link === undefined) continue
    if (isAbsolute(link) || ++followed > MAX_FOLLOWED) return undefined
    done.pop()
    todo.push(...link.split('/').reverse())
  }
  return done.join('/')
}

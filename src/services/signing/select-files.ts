import { isAbsolute, relative, resolve, sep } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ModelEntry, ModelListing } from './ports.ts'

/** What version control keeps beside a model: left out at the top only (OMS v1.0 section 6.2). */
export const GIT_PATHS: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore']

/** Why an entry is not part of what is signed. */
export type LeftOut = 'signature' | 'asked' | 'git' | 'signed'

/** A listing, sorted into what is signed and what is left out. */
export interface Selection {
  readonly files: readonly ModelEntry[]
  readonly leftOut: readonly { readonly entry: ModelEntry; readonly why: LeftOut }[]
}

/** What to leave out: relative paths, exact, a folder with all that is in it. */
export interface LeaveOut {
  /** The signature file, where it lies in the model. */
  readonly signature?: string
  /** Named by who signs or verifies now. */
  readonly asked: readonly string[]
  readonly git: boolean
  /** Named in the statement that is verified. */
  readonly signed: readonly string[]
}

/**
 * Sorts a listing. A link, device or pipe that is not left out on purpose is refused: what it leads to can change after
 * signing, and nobody would see it.
 * @throws SallyportError `BAD_INPUT`
 */
export function selectFiles(listing: ModelListing, leave: LeaveOut): Selection {
  const rules: readonly (readonly [LeftOut, ReadonlySet<string>])[] = [
    ['signature', new Set(leave.signature === undefined ? [] : [leave.signature])],
    ['asked', new Set(leave.asked)],
    ['git', new Set(leave.git ? GIT_PATHS : [])],
    ['signed', new Set(leave.signed.map((path) => path.replace(/^\.\//, '').replace(/\/$/, '')))],
  ]
  const files: ModelEntry[] = []
  const leftOut: { entry: ModelEntry; why: LeftOut }[] = []
  for (const entry of listing.entries) {
    const prefixes = prefixesOf(entry.name)
    const why = rules.find(([, paths]) => prefixes.some((prefix) => paths.has(prefix)))?.[0]
    if (why === undefined) files.push(entry)
    else leftOut.push({ entry, why })
  }
  const unseen = leftOut.filter(({ entry, why }) => why === 'signed' || (why === 'git' && !isInGit(entry)))
  refuseLinks([...files, ...unseen.map(({ entry }) => entry)])
  return { files: files.filter(({ kind }) => kind === 'file'), leftOut }
}

/** git's own store: nothing in it is loaded by its name. */
export function isInGit({ name }: ModelEntry): boolean {
  return name === '.git' || name.startsWith('.git/')
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function prefixesOf(name: string): readonly string[] {
  const parts = name.split('/')
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

/** Names in one message; the detail of the error has more. */
const SHOWN = 5

function refuseLinks(entries: readonly ModelEntry[]): void {
  const links = entries.filter(({ kind }) => kind === 'link').map(({ name }) => name)
  if (links.length > 0)
    throw new SallyportError(
      'BAD_INPUT',
      `${named(links)}: symbolic links are not followed, for what they lead to can change after signing. Copy the files into the model, or leave them out with --ignore-paths`,
      { detail: { links: links.slice(0, 1000) } },
    )
  const others = entries.filter(({ kind }) => kind === 'other').map(({ name }) => name)
  if (others.length > 0)
    throw new SallyportError(
      'BAD_INPUT',
      `${named(others)}: neither a file nor a folder; a model has nothing else`,
    )
}

/** Some names, quoted, and how many more. */
export function named(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => JSON.stringify(name.slice(0, 200)))
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

/**
 * The relative path of what a person named, as seen from where they stand or from the model; undefined when it lies outside.
 * @throws SallyportError `BAD_INPUT` for the model itself
 */
export function pathInModel(listing: ModelListing, path: string): string | undefined {
  if (listing.kind === 'file') return undefined
  const fromHere = inside(listing.root, resolve(path))
  const found = fromHere ?? (isAbsolute(path) ? undefined : inside(listing.root, resolve(listing.root, path)))
  if (found === '')
    throw new SallyportError('BAD_INPUT', `${path} is the whole model; leaving it out would leave nothing`)
  return found
}

function inside(root: string, path: string): string | undefined {
  const way = relative(root, path)
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : way.split(sep).join('/')
}

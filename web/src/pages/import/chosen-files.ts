import type { Upload } from '../../api/imports.ts'
import { showBytes } from '../../parts/show.ts'
import { type NamedFile, tarParts } from './tar-parts.ts'

/** Files; ten times the largest repository seen. What is larger goes by `sallyport import`, or by a path of the server. */
const MAX_FILES = 20_000
/** Levels of folders, as the platform takes them. */
const MAX_DEPTH = 64
/** Bytes of UTF-8; longer than any file system allows for a whole path. */
const MAX_NAME_BYTES = 4096

/** A file that was chosen or dropped. */
export interface ChosenFile extends NamedFile {
  readonly file: File
}

/** What was chosen at once: the files, and the folder that they were in, if they were in one. */
export interface Chosen {
  readonly files: readonly ChosenFile[]
  readonly folder?: string
}

export const NOTHING: Chosen = { files: [] }

/** Files of an input; those of a folder under their paths below it. */
export function filesOfInput(list: FileList): Chosen {
  return belowFolder(Array.from(list, (file) => ({ name: file.webkitRelativePath || file.name, file })))
}

/** Files and folders that were dropped. Must be called in the event itself: afterwards the browser tells nothing more. */
export async function filesOfDrop(data: DataTransfer): Promise<Chosen> {
  const entries = Array.from(data.items, (item) => item.webkitGetAsEntry?.() ?? null)
  const plain = Array.from(data.files, (file) => ({ name: file.name, file }))
  if (!entries.some((entry) => entry?.isDirectory)) return { files: plain }
  const files: ChosenFile[] = []
  for (const entry of entries) if (entry !== null) await walk(entry, '', files)
  return belowFolder(files)
}

async function walk(entry: FileSystemEntry, above: string, files: ChosenFile[]): Promise<void> {
  const name = `${above}${entry.name}`
  if (files.length > MAX_FILES) return
  if (name.split('/').length > MAX_DEPTH) throw new Error(`${name} lies deeper than ${MAX_DEPTH} folders.`)
  if (isFile(entry)) {
    files.push({ name, file: await new Promise<File>((done, failed) => entry.file(done, failed)) })
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    // A reader gives some at a time, and none when there are no more.
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed))
    if (some.length === 0) return
    for (const one of some) await walk(one, `${name}/`, files)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

/** Of one folder, the names below it, as `sallyport import` of that folder has them: without it, and without `.git`. */
function belowFolder(files: readonly ChosenFile[]): Chosen {
  const folder = files[0]?.name.split('/')[0] ?? ''
  if (files.length === 0 || !files.every(({ name }) => name.startsWith(`${folder}/`))) return { files }
  const below = files.map(({ name, file }) => ({ name: name.slice(folder.length + 1), file }))
  return { folder, files: below.filter(({ name }) => !name.startsWith('.git/')) }
}

/** Files beside those that were chosen before, a later one of a name for the earlier; a folder is a model of its own. */
export function withMore(before: Chosen, more: Chosen): Chosen {
  if (before.files.length === 0 || more.folder !== undefined) return more
  const byName = new Map([...before.files, ...more.files].map((one) => [one.name, one]))
  return { files: [...byName.values()], ...(before.folder === undefined ? {} : { folder: before.folder }) }
}

/** Bytes of all of them. */
export function sizeOf(files: readonly NamedFile[]): number {
  return files.reduce((sum, { file }) => sum + file.size, 0)
}

/**
 * Why the platform would not take these files, told before they are sent; undefined when nothing is known against them.
 * @param maxBytes that an upload may hold, where that is known
 */
export function problemOf(
  files: readonly NamedFile[],
  maxBytes = Number.POSITIVE_INFINITY,
): string | undefined {
  if (files.length > MAX_FILES)
    return `These are more than ${MAX_FILES.toLocaleString('en')} files. Use sallyport import on the server, which takes ten times as many.`
  const size = sizeOf(files)
  if (files.length > 0 && size === 0) return 'There is not one byte in what you chose.'
  if (size > maxBytes)
    return `These are ${showBytes(size)}, and an upload holds at most ${showBytes(maxBytes)}. Bring them to the server, and name the path there.`
  return files.map(({ name }) => problemOfName(name)).find((problem) => problem !== undefined)
}

function problemOfName(name: string): string | undefined {
  const shown = JSON.stringify(name.slice(0, 120))
  if (!name.isWellFormed()) return `The name ${shown} is not well-formed Unicode. Rename the file.`
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES)
    return `The name ${shown}… is longer than ${MAX_NAME_BYTES} bytes. Move the file up.`
  if (/[\0\\]/.test(name))
    return `The name ${shown} holds a backslash. Rename the file: some systems read it as a folder.`
  if (/^[A-Za-z]:/.test(name)) return `The name ${shown} begins like a drive of Windows. Rename the file.`
  return undefined
}

/** Characters of a file's name beside its `.tar`; the platform takes 255. */
const MAX_STEM = 200

/** What is sent: one file as it is, several or a folder as a tar that is written while it is sent. */
export function uploadOf({ files, folder }: Chosen, name: string): Upload {
  const [first] = files
  if (files.length === 1 && folder === undefined && first !== undefined)
    return { body: first.file, filename: first.name, name }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  const stem = (folder ?? name).replace(/[/\\\u0000-\u001f\u007f]/g, '-').slice(0, MAX_STEM)
  return { body: new Blob(tarParts(files)), filename: `${stem}.tar`, name }
}

/** Whether the platform will open it and take the files in it. */
export function isArchive({ files, folder }: Chosen): boolean {
  return files.length === 1 && folder === undefined && /\.(tar|tar\.gz|tgz|zip)$/i.test(files[0]?.name ?? '')
}

import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { OsvDump } from '../../services/dependencies/index.ts'
import { downloadDump } from './download-dump.ts'
import { readZipMembers } from './read-zip-members.ts'

/** Bytes of one JSON file that holds one record or a list of them. */
const MAX_JSON_BYTES = 256 * 1024 * 1024
/** Folders in folders: a dump has a folder an ecosystem, and the advisory databases on GitHub four levels. */
const MAX_DEPTH = 12

interface DumpDeps {
  readonly fetch: typeof fetch
  /** Where an archive is kept while it is read. */
  readonly folder: string
}

/**
 * A dump by what a person wrote: a folder of JSON files and archives, a file, or an address.
 * @throws SallyportError `BAD_INPUT` when there is nothing, or the address is neither https nor on this machine
 */
export async function openDump(deps: DumpDeps, from: string): Promise<OsvDump> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(from)) return { label: from, files: () => downloaded(deps, from) }
  const found = await stat(from).catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot read ${from}: ${(cause as Error).message}`, { cause })
  })
  return { label: from, files: () => (found.isDirectory() ? readFolder(from, 0) : readOne(from)) }
}

async function* downloaded(deps: DumpDeps, from: string): AsyncIterable<{ name: string; bytes: Uint8Array }> {
  const kept = await downloadDump(deps, from)
  try {
    yield* readOne(kept.file)
  } finally {
    await kept.remove()
  }
}

async function* readFolder(
  folder: string,
  depth: number,
): AsyncIterable<{ name: string; bytes: Uint8Array }> {
  if (depth > MAX_DEPTH)
    throw new SallyportError('TOO_LARGE', `${folder} is nested deeper than ${MAX_DEPTH} folders`)
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    // Links are not followed: what a dump is stands in the folder that was named.
    if (entry.isDirectory() && entry.name !== '.git') yield* readFolder(path, depth + 1)
    else if (entry.isFile() && /\.(?:json|zip)$/.test(entry.name)) yield* readOne(path)
  }
}

async function* readOne(path: string): AsyncIterable<{ name: string; bytes: Uint8Array }> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    if (bytesRead === 2 && buffer.toString('latin1') === 'PK') yield* readZipMembers(file, size)
    else if (size > MAX_JSON_BYTES)
      throw new SallyportError('TOO_LARGE', `${path} has ${size} bytes; ${MAX_JSON_BYTES} are read`)
    else yield { name: path, bytes: await readFile(path) }
  } finally {
    await file.close()
  }
}

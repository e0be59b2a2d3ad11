import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'

/** Bytes. A key file is below 600. */
const MAX_KEY_FILE_BYTES = 8192

/** Text of a private file, or undefined when there is none. It must be a file of this user, closed to others. */
export async function readPrivateFile(
  path: string,
  maxBytes = MAX_KEY_FILE_BYTES,
): Promise<string | undefined> {
  let file: FileHandle
  try {
    // A link could point the key anywhere; the mode that is checked must be that of the file that is read.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    if (codeOf(cause) === 'ELOOP')
      throw new SallyportError('KEY_INVALID', `${path} is a symbolic link`, { cause })
    throw new SallyportError('STORE_FAILED', `cannot open the key ${path}`, { cause })
  }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new SallyportError('KEY_INVALID', `${path} is not a file`)
    refuseOthers(stat, path, '600')
    if (stat.size > maxBytes) throw new SallyportError('KEY_INVALID', `${path} is too large to be a key`)
    return await storing(`cannot read the key ${path}`, () => file.readFile('utf8'))
  } finally {
    await file.close()
  }
}

/**
 * Puts text into a new file, durably. Unlike rename, link never replaces: of two processes that write at once one wins.
 * @returns false when the file was there already
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const draft = draftOf(path)
  return storing(`cannot write ${path}`, async () => {
    await writeDurably(draft, text)
    try {
      await link(draft, path)
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause
      return false
    } finally {
      await unlink(draft)
    }
    await syncFolder(dirname(path))
    return true
  })
}

/** Replaces a file whole, durably: after a loss of power it holds the old text or the new one. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const draft = draftOf(path)
  await storing(`cannot write ${path}`, async () => {
    await writeDurably(draft, text)
    await rename(draft, path)
    await syncFolder(dirname(path))
  })
}

/** Removes files that may be gone already, durably. */
export async function removePrivateFiles(folder: string, names: readonly string[]): Promise<void> {
  await storing(`cannot remove from ${folder}`, async () => {
    for (const name of names)
      await unlink(join(folder, name)).catch((cause) => {
        if (codeOf(cause) !== 'ENOENT') throw cause
      })
    await syncFolder(folder)
  })
}

function draftOf(path: string): string {
  return join(dirname(path), `.${randomBytes(8).toString('hex')}.new`)
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** @throws SallyportError `KEY_INVALID` when others than this user can reach it */
export function refuseOthers(stat: Stats, path: string, wanted: '600' | '700'): void {
  const mode = stat.mode & 0o777
  if ((mode & 0o077) !== 0)
    throw new SallyportError(
      'KEY_INVALID',
      `${path} has the mode ${mode.toString(8).padStart(4, '0')}: others can reach it. Run: chmod ${wanted} ${path}`,
    )
  const user = process.getuid?.()
  if (user !== undefined && stat.uid !== user && user !== 0)
    throw new SallyportError(
      'KEY_INVALID',
      `${path} belongs to user ${stat.uid}, not to user ${user} who runs this`,
    )
}

/** @throws SallyportError `STORE_FAILED` around what the disk says */
export async function storing<T>(what: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('STORE_FAILED', what, { cause })
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

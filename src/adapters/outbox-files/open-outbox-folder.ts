import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { OutboxFiles } from '../../services/outbox/index.ts'

/** Bytes: as large as a sealed statement may be. */
const MAX_BYTES = 64 * 2 ** 20
const NAME = /^[0-9TZ]{1,40}-[0-9a-f]{64}\.bundle\.json$/

/**
 * An outbox as a folder: each statement is written beside, synced, renamed, and the folder synced, so that a name that
 * exists holds all of its bytes. Refused ones go to `refused/`.
 */
export function openOutboxFolder(folder: string): OutboxFiles {
  const at = (name: string) => {
    if (!NAME.test(name))
      throw new SallyportError('BAD_INPUT', `"${name.slice(0, 120)}" is no name in an outbox`)
    return join(folder, name)
  }
  const storing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof SallyportError) throw cause
      throw new SallyportError('STORE_FAILED', `cannot ${what}: ${(cause as Error).message}`, { cause })
    }
  }
  return {
    put: (name, bytes) => storing(`write ${at(name)}`, () => put(folder, name, bytes)),
    list: () =>
      storing(`list ${folder}`, async () => {
        const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
          if (cause.code === 'ENOENT') return []
          throw cause
        })
        return names.filter((name) => NAME.test(name)).sort()
      }),
    read: (name) =>
      storing(`read ${at(name)}`, async () => {
        const { size } = await stat(at(name))
        if (size > MAX_BYTES)
          throw new SallyportError('TOO_LARGE', `${name} has ${size} bytes; the limit is ${MAX_BYTES}`)
        return readFile(at(name))
      }),
    remove: (name) =>
      storing(`remove ${at(name)}`, async () => {
        await unlink(at(name))
        await syncFolder(folder)
      }),
    setAside: (name, reason) =>
      storing(`set ${at(name)} aside`, async () => {
        const aside = join(folder, 'refused')
        await mkdir(aside, { recursive: true, mode: 0o700 })
        await put(aside, `${name}.reason.txt`, Buffer.from(`${reason}\n`))
        await rename(at(name), join(aside, name))
        await syncFolder(aside)
        await syncFolder(folder)
      }),
  }
}

async function put(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(dirname(folder))
  const draft = join(folder, `.${process.pid}.${name}.new`)
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, name))
  await syncFolder(folder)
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

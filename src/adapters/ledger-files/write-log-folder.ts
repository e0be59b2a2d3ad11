import { mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { TreeFile } from '../../trust/ledger/index.ts'

/**
 * Writes an exported log to a new folder, each file synced: a copy outside this machine is what proves a log later.
 * @throws SallyportError `CONFLICT` when the folder is there already, `STORE_FAILED`
 */
export async function writeLogFolder(folder: string, files: AsyncIterable<TreeFile>): Promise<void> {
  const root = resolve(folder)
  await mkdir(dirname(root), { recursive: true })
  try {
    await mkdir(root, { mode: 0o700 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw new SallyportError('CONFLICT', `${root} is there already; name a new folder`, { cause })
    throw new SallyportError('STORE_FAILED', `cannot make ${root}: ${(cause as Error).message}`, { cause })
  }
  for await (const { path, bytes } of files) {
    const target = join(root, path)
    await mkdir(dirname(target), { recursive: true })
    const file = await open(target, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  }
}

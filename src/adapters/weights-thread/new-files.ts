import { mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'

/** Writes a new file below a folder, durably: its bytes are on the disk when this resolves. @throws SallyportError `STORE_FAILED` */
export async function writeNewFile(
  folder: string,
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<string> {
  const path = resolve(join(folder, name))
  if (!path.startsWith(resolve(folder) + sep))
    throw new SallyportError('BAD_INPUT', `"${name.slice(0, 200)}" leads out of the folder`)
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, 'wx')
    try {
      for await (const chunk of chunks) await file.writeFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('STORE_FAILED', `cannot write ${name}: ${(cause as Error).message}`, { cause })
  }
  return path
}

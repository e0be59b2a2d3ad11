import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, digestOfHash } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

/** An upload that has arrived whole. */
export interface ReceivedUpload {
  readonly path: string
  readonly sizeBytes: number
  readonly digest: Digest
  discard(): Promise<void>
}

/**
 * Uploads as files beneath one folder, each in a fresh folder of its own (mode 0700, file 0600) under its own name.
 * What was left by a process that died is removed at the start. Not synced: an upload is no promise, the import is.
 */
export async function openUploadFolder({ folder }: { readonly folder: string }): Promise<{
  receive(chunks: AsyncIterable<Uint8Array>, filename: string, maxBytes: number): Promise<ReceivedUpload>
}> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return {
    async receive(chunks, filename, maxBytes) {
      const place = await mkdtemp(join(folder, 'upload-'))
      const path = join(place, filename)
      const discard = () => rm(place, { recursive: true, force: true })
      try {
        const { sizeBytes, digest } = await write(chunks, path, maxBytes)
        return { path, sizeBytes, digest, discard }
      } catch (error) {
        await discard()
        throw error
      }
    },
  }
}

async function write(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  maxBytes: number,
): Promise<{ sizeBytes: number; digest: Digest }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of broken(chunks)) {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes)
        throw new SallyportError(
          'TOO_LARGE',
          `an upload may hold at most ${maxBytes} bytes; this one holds more`,
        )
      hash.update(chunk)
      await file.writeFile(chunk)
    }
  } finally {
    await file.close()
  }
  if (sizeBytes === 0) throw new SallyportError('BAD_INPUT', 'the upload holds no bytes')
  return { sizeBytes, digest: digestOfHash(hash.digest()) }
}

// The sender going away is told apart from a full disk: only the first is not ours.
async function* broken(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const steps = chunks[Symbol.asyncIterator]()
  for (;;) {
    let step: IteratorResult<Uint8Array>
    try {
      step = await steps.next()
    } catch (cause) {
      throw new SallyportError('ABORTED', 'the upload broke off before its end', { cause })
    }
    if (step.done === true) return
    yield step.value
  }
}

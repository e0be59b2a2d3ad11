import { Worker } from 'node:worker_threads'
import { type ErrorCode, SallyportError } from '../../ground/lang/index.ts'
import type { IntakeFile } from '../../services/registry/index.ts'

/** MiB of heap. Unpacking is a stream; a directory of 200,000 members takes a tenth of this. */
const MEMORY_MB = 256

type Piece =
  | { readonly kind: 'file'; readonly name: string; readonly size: number }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }

/** How archives are unpacked. */
export interface UnpackOptions {
  /** The composition root of an unpacking thread: src/unpack-worker.ts. */
  readonly workerUrl: URL
  /** Milliseconds for the next piece of an archive; a thread that takes longer is killed. */
  readonly timeoutMs: number
}

/** What an archive is: a `tar` is packed as its name says, the others as they say. */
export type ArchiveKind = 'tar' | 'zip' | `tar+${'none' | 'gzip' | 'zstd'}`

/**
 * The files of an archive, in its order. Hostile bytes are parsed in a thread of their own, which is killed when it
 * hangs, and always at the end.
 * @throws SallyportError `BAD_INPUT` for a broken or hostile archive, or one that takes too long
 */
export async function* unpackInWorker(
  options: UnpackOptions,
  path: string,
  kind: ArchiveKind,
): AsyncIterable<IntakeFile> {
  const worker = new Worker(options.workerUrl, {
    workerData: { path, kind },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  let held: Piece | undefined
  const next = async () => {
    const piece = held ?? (await ask(worker, options.timeoutMs, path))
    held = undefined
    if (piece.kind === 'failed') throw new SallyportError(piece.code, piece.message)
    return piece
  }
  async function* chunks(): AsyncIterable<Uint8Array> {
    for (let piece = await next(); ; piece = await next()) {
      if (piece.kind === 'chunk') yield piece.bytes
      else {
        held = piece
        return
      }
    }
  }
  try {
    for (let piece = await next(); piece.kind !== 'end'; piece = await next()) {
      // What is left of a file that its reader did not want to the end is passed over.
      if (piece.kind === 'file')
        yield { kind: 'stream', name: piece.name, size: piece.size, chunks: chunks() }
    }
  } finally {
    await worker.terminate()
  }
}

function ask(worker: Worker, timeoutMs: number, path: string): Promise<Piece> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string, cause?: unknown) =>
      settle(() =>
        reject(new SallyportError('BAD_INPUT', `${path} is not taken in: unpacking it ${why}`, { cause })),
      )
    const timer = setTimeout(() => refuse(`took longer than ${timeoutMs} ms for one piece`), timeoutMs)
    const onMessage = (piece: Piece) => settle(() => resolve(piece))
    const onError = (error: Error) => refuse(`failed: ${error.message}`, error)
    const onExit = () => refuse('ended the thread')
    const settle = (act: () => void) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage('next')
  })
}

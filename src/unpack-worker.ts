import { parentPort, workerData } from 'node:worker_threads'
import { openFileSource } from './adapters/files/index.ts'
import { type ArchiveKind, tarMembers } from './adapters/intake-files/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { type IntakeFile, zipMembers } from './services/registry/index.ts'

/** One archive for one thread; the parent asks for piece after piece, so that nothing piles up here. */
const { path, kind } = workerData as { readonly path: string; readonly kind: ArchiveKind }

async function* membersOf(): AsyncIterable<IntakeFile> {
  if (kind === 'tar') {
    yield* tarMembers(path)
    return
  }
  if (kind !== 'zip') {
    yield* tarMembers(path, kind.slice('tar+'.length) as 'none' | 'gzip' | 'zstd')
    return
  }
  const source = await openFileSource(path)
  try {
    yield* zipMembers(source, path)
  } finally {
    await source.close()
  }
}

async function* pieces() {
  for await (const member of membersOf()) {
    yield { kind: 'file', name: member.name, size: member.size }
    if (member.kind === 'stream') for await (const bytes of member.chunks) yield { kind: 'chunk', bytes }
  }
}

const iterator = pieces()

async function answer(): Promise<void> {
  try {
    const { value, done } = await iterator.next()
    parentPort?.postMessage(done === true ? { kind: 'end' } : value)
  } catch (error) {
    const code = error instanceof SallyportError ? error.code : 'BAD_INPUT'
    parentPort?.postMessage({
      kind: 'failed',
      code,
      message: error instanceof Error ? error.message : String(error),
    })
  }
}

parentPort?.on('message', () => {
  void answer()
})

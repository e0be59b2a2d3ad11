import { assessFile, assessRepository } from './assessors/model/index.ts'
import type { FileAssessment } from './ground/domain/index.ts'

export { assessPlain, joinFiles } from './assessors/model/index.ts'

/** Bytes that can be had at once. */
export interface SyncBytes {
  readonly size: number
  readonly read: (offset: number, length: number) => Uint8Array
}

/** What became of some work; still `pending` when it waits for something that is not at hand. */
export type Outcome =
  | { readonly state: 'pending' }
  | { readonly state: 'done'; readonly files: readonly FileAssessment[] }
  | { readonly state: 'failed'; readonly reason: string }

/** One file to be assessed, and what becomes of it. */
export interface Task {
  readonly name: string
  readonly bytes: SyncBytes
  outcome: Outcome
}

/**
 * The composition root of the realm in which the quick scan assesses: bundled into one script, it runs to its end inside one
 * call that V8 stops by the clock (ADR 0012). Here promises are settled by microtasks only. `onTask` is told which one begins.
 */
export function begin(tasks: readonly Task[], onTask: (task: Task) => void): void {
  void inTurn(tasks, onTask)
}

async function inTurn(tasks: readonly Task[], onTask: (task: Task) => void): Promise<void> {
  for (const task of tasks) {
    onTask(task)
    task.outcome = await settle(async () => [await assessFile(task.name, sourceOf(task.bytes))])
  }
}

/** The same for what only all files together tell. */
export function beginTogether(
  box: { outcome: Outcome },
  files: readonly { readonly name: string; readonly sizeBytes: number }[],
  withBytes: (name: string) => SyncBytes,
): void {
  void settle(() =>
    assessRepository({ files, withFile: (name, use) => use(sourceOf(withBytes(name))) }),
  ).then((outcome) => {
    box.outcome = outcome
  })
}

async function settle(work: () => Promise<readonly FileAssessment[]>): Promise<Outcome> {
  try {
    return { state: 'done', files: await work() }
  } catch (error) {
    return { state: 'failed', reason: String(error) }
  }
}

function sourceOf({ size, read }: SyncBytes) {
  return { size, read: async (offset: number, length: number) => read(offset, length) }
}

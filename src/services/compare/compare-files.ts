import { compareUtf8 } from '../../ground/lang/index.ts'
import type { FileChange } from './compare-port.ts'
import type { ComparedFile } from './ports.ts'

/** Which files came, went, changed and were renamed, by their digests alone; in the order of their names. */
export function compareFiles(
  before: readonly ComparedFile[],
  after: readonly ComparedFile[],
): readonly FileChange[] {
  const old = new Map(before.map((file) => [file.name, file]))
  const fresh = new Map(after.map((file) => [file.name, file]))
  const gone = new Map<string, ComparedFile[]>()
  for (const file of before)
    if (!fresh.has(file.name)) gone.set(file.sha256, [...(gone.get(file.sha256) ?? []), file])
  const changes: FileChange[] = []
  for (const file of after) {
    const same = old.get(file.name)
    if (same !== undefined) {
      if (same.sha256 !== file.sha256)
        changes.push({ path: file.name, change: 'changed', ...was(same), ...is(file) })
      continue
    }
    const source = gone.get(file.sha256)?.shift()
    changes.push(
      source === undefined
        ? { path: file.name, change: 'added', ...is(file) }
        : { path: file.name, change: 'renamed', pathBefore: source.name, ...was(source), ...is(file) },
    )
  }
  for (const files of gone.values())
    for (const file of files) changes.push({ path: file.name, change: 'removed', ...was(file) })
  return changes.sort((a, b) => compareUtf8(a.path, b.path))
}

function was(file: ComparedFile): Pick<FileChange, 'sizeBefore' | 'sha256Before'> {
  return { sizeBefore: file.size, sha256Before: file.sha256 }
}

function is(file: ComparedFile): Pick<FileChange, 'sizeAfter' | 'sha256After'> {
  return { sizeAfter: file.size, sha256After: file.sha256 }
}

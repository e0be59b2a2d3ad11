import type { Differences, FileChange, TensorChange } from './compare-port.ts'

/** Names that one sentence holds. */
const MAX_NAMED = 3

/** One sentence for a person: what matters most of all that differs comes first. */
export function summarise(found: Omit<Differences, 'summary' | 'before' | 'after'>): string {
  if (isNothing(found)) return 'Nothing differs.'
  const parts = [
    importsPart(found.imports),
    count(found.templates.length, 'chat template'),
    found.licence === undefined
      ? undefined
      : `the licence was ${found.licence.before ?? 'not named'} and is ${found.licence.after ?? 'not named'}`,
    tensorsPart(found.tensors),
    filesPart(found.files),
  ].filter((part) => part !== undefined)
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** Files that differ in nothing differ in nothing else. */
function isNothing({ files, tensors }: Omit<Differences, 'summary' | 'before' | 'after'>): boolean {
  return files.length === 0 && tensors.notCompared.length === 0
}

function importsPart({ added, removed }: Differences['imports']): string | undefined {
  if (added.length > 0) return `loading imports ${named(added)}, which it did not`
  return removed.length > 0 ? `loading no longer imports ${named(removed)}` : undefined
}

function named(names: readonly string[]): string {
  const more = names.length - MAX_NAMED
  return names.slice(0, MAX_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function count(number: number, what: string): string | undefined {
  return number === 0 ? undefined : `${number} ${what}${number === 1 ? ' differs' : 's differ'}`
}

function tensorsPart({ same, changed, cut, notCompared }: Differences['tensors']): string | undefined {
  const missing =
    notCompared.length === 0
      ? ''
      : `${notCompared.length === 1 ? 'one place was' : `${notCompared.length} places were`} not compared`
  if (changed.length === 0) {
    const equal = same === 0 ? undefined : `all ${same} tensors that were compared are the same`
    return missing === '' ? equal : `${equal ?? 'no tensors could be compared'}, and ${missing}`
  }
  const most = changed.reduce<TensorChange | undefined>(
    (top, one) => ((one.relative ?? -1) > (top?.relative ?? -1) ? one : top),
    undefined,
  )
  const farthest =
    most?.relative === undefined ? '' : `, at most by ${percent(most.relative)} (${most.name.slice(0, 120)})`
  const all = cut ? `more than ${changed.length}` : String(changed.length)
  return `${all} of ${same + changed.length} tensors ${changed.length === 1 ? 'differs' : 'differ'}${farthest}${missing === '' ? '' : `, and ${missing}`}`
}

function percent(share: number): string {
  const hundredths = 100 * share
  return `${hundredths >= 10 ? hundredths.toFixed(0) : hundredths.toPrecision(2)} %`
}

function filesPart(files: readonly FileChange[]): string | undefined {
  const words = (['added', 'removed', 'changed', 'renamed'] as const).flatMap((change) => {
    const number = files.filter((file) => file.change === change).length
    return number === 0 ? [] : [`${number} ${change}`]
  })
  return words.length === 0 ? undefined : `files: ${words.join(', ')}`
}

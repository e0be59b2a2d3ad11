import { compareDigits } from './compare-deb.ts'

/**
 * Orders two versions as rpm does: epoch, version, release. Undefined when one is empty.
 * https://rpm-software-management.github.io/rpm/man/rpm-version.7
 */
export function compareRpm(a: string, b: string): number | undefined {
  if (a === '' || b === '') return undefined
  const [left, right] = [split(a), split(b)]
  const byVersion = compareDigits(left.epoch, right.epoch) || compareLabels(left.version, right.version)
  // A side that names no release speaks of all of them.
  if (byVersion !== 0 || left.release === undefined || right.release === undefined) return byVersion
  return compareLabels(left.release, right.release)
}

function split(text: string): { epoch: string; version: string; release?: string } {
  const [, epoch = '0', rest = text] = /^(\d+):(.*)$/.exec(text) ?? []
  const dash = rest.lastIndexOf('-')
  return dash < 0
    ? { epoch, version: rest }
    : { epoch, version: rest.slice(0, dash), release: rest.slice(dash + 1) }
}

/** `~` before the end, the end before `^`, that before words, words before numbers. */
const RANKS: Readonly<Record<string, number>> = { '~': -1, '': 0, '^': 1 }

function rankOf(token: string): number {
  return RANKS[token] ?? (/^\d/.test(token) ? 3 : 2)
}

function compareLabels(a: string, b: string): number {
  const left = a.match(/\d+|[A-Za-z]+|[~^]/g) ?? []
  const right = b.match(/\d+|[A-Za-z]+|[~^]/g) ?? []
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const one = left[i] ?? ''
    const other = right[i] ?? ''
    const order = rankOf(one) - rankOf(other)
    if (order !== 0) return Math.sign(order)
    const within = rankOf(one) === 3 ? compareDigits(one, other) : Number(one > other) - Number(one < other)
    if (within !== 0) return within
  }
  return 0
}

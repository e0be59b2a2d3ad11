/** A Debian version: `[epoch:]upstream[-revision]`. Undefined when it is none. */
interface DebVersion {
  readonly epoch: number
  readonly upstream: string
  readonly revision: string
}

const FORM = /^(?:(\d{1,9}):)?([0-9A-Za-z.+~:-]+?)(?:-([0-9A-Za-z.+~]+))?$/

function parse(text: string): DebVersion | undefined {
  const parts = FORM.exec(text.trim())
  if (parts === null) return undefined
  const [, epoch = '0', upstream = '', revision = ''] = parts
  return { epoch: Number(epoch), upstream, revision }
}

/**
 * Orders two versions as dpkg does; undefined when one of them is no version.
 * Debian Policy 5.6.12, https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function compareDeb(a: string, b: string): number | undefined {
  const left = parse(a)
  const right = parse(b)
  if (left === undefined || right === undefined) return undefined
  return (
    Math.sign(left.epoch - right.epoch) ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  )
}

function compareParts(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [wordA = ''] = /^\D*/.exec(a.slice(i)) ?? []
    const [wordB = ''] = /^\D*/.exec(b.slice(j)) ?? []
    const byWord = compareWords(wordA, wordB)
    if (byWord !== 0) return byWord
    i += wordA.length
    j += wordB.length
    const [digitsA = ''] = /^\d*/.exec(a.slice(i)) ?? []
    const [digitsB = ''] = /^\d*/.exec(b.slice(j)) ?? []
    const byNumber = compareDigits(digitsA, digitsB)
    if (byNumber !== 0) return byNumber
    i += digitsA.length
    j += digitsB.length
  }
  return 0
}

function compareWords(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const byOrder = orderOf(a[i]) - orderOf(b[i])
    if (byOrder !== 0) return Math.sign(byOrder)
  }
  return 0
}

/** `~` before the end, letters before everything else. */
function orderOf(char: string | undefined): number {
  if (char === undefined) return 0
  if (char === '~') return -1
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256
}

/** Digits of any length, for a version may be a date with a time; nothing counts as zero. */
export function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, '')
  const right = b.replace(/^0+/, '')
  if (left.length !== right.length) return left.length < right.length ? -1 : 1
  return left === right ? 0 : left < right ? -1 : 1
}

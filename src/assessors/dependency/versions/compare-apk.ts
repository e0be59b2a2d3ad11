import { compareDigits } from './compare-deb.ts'

/** `1.2.3a_alpha1-r4`, with an optional `~commit` that takes no part. https://wiki.alpinelinux.org/wiki/Package_policies */
const FORM =
  /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?$/

/** What stands before a release, and what after; no suffix is 0. */
const SUFFIXES: Readonly<Record<string, number>> = {
  alpha: -4,
  beta: -3,
  pre: -2,
  rc: -1,
  cvs: 1,
  svn: 2,
  git: 3,
  hg: 4,
  p: 5,
}

interface ApkVersion {
  readonly numbers: readonly string[]
  readonly letter: string
  readonly suffixes: readonly (readonly [number, string])[]
  readonly revision: string
}

function parse(text: string): ApkVersion | undefined {
  const parts = FORM.exec(text.trim())
  if (parts === null) return undefined
  const [, numbers = '', letter = '', suffixes = '', revision = '0'] = parts
  return {
    numbers: numbers.split('.'),
    letter,
    revision,
    suffixes: [...suffixes.matchAll(/_([a-z]+)(\d*)/g)].map(([, word = '', digits = '']) => [
      SUFFIXES[word] ?? 0,
      digits,
    ]),
  }
}

/** Orders two versions as apk-tools does; undefined when one of them is no version of Alpine. */
export function compareApk(a: string, b: string): number | undefined {
  const left = parse(a)
  const right = parse(b)
  if (left === undefined || right === undefined) return undefined
  return (
    compareNumbers(left.numbers, right.numbers) ||
    compareText(left.letter, right.letter) ||
    compareSuffixes(left.suffixes, right.suffixes) ||
    compareDigits(left.revision, right.revision)
  )
}

function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]]
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    // Behind the first dot a leading zero makes a fraction: 1.01 stands before 1.1.
    const isFraction = i > 0 && (left.startsWith('0') || right.startsWith('0'))
    const order = isFraction ? compareText(left, right) : compareDigits(left, right)
    if (order !== 0) return order
  }
  return 0
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function compareSuffixes(a: ApkVersion['suffixes'], b: ApkVersion['suffixes']): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [rankA, digitsA] = a[i] ?? [0, '']
    const [rankB, digitsB] = b[i] ?? [0, '']
    const order = Math.sign(rankA - rankB) || compareDigits(digitsA, digitsB)
    if (order !== 0) return order
  }
  return 0
}

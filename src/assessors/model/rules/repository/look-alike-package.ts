import lists from '../../../../../catalog/rules-metadata/package-names.json' with { type: 'json' }
import { example, type ModelRule } from '../../rule.ts'

export const lookAlikePackage: ModelRule = {
  id: 'repository/look-alike-package',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A package to install is named almost like a well-known one',
  source: 'https://arxiv.org/abs/2003.03471',
  taxonomy: ['CWE-1357', 'CWE-506', 'AML.T0010.001'],
  why: 'Attackers publish packages whose names are one slip away from famous ones; installing one runs its code.',
  remedy: 'Check the spelling, and who publishes the package.',
  examples: {
    fires: [
      example('requirements.txt', 'torch\ntransfomers==4.40\n'),
      example('requirements.txt', 'nurnpy\n'),
    ],
    silent: [example('requirements.txt', 'torch\ntorchx\nscapy\ntransformers\nnumpy\n')],
  },
  check: (subject) => {
    if (subject.kind !== 'requirements') return []
    return subject.requirements.slice(0, MAX_PACKAGES).flatMap((one) => {
      const known = one.kind === 'package' ? lookAlikeOf(plainName(one.name)) : undefined
      if (one.kind !== 'package' || known === undefined) return []
      return [{ key: one.name, message: `line ${one.line} installs ${one.name}, which looks like ${known}` }]
    })
  },
}

/** Packages of one list that are compared. */
const MAX_PACKAGES = 2000

const SHAPES = new Map(lists.famous.map((name) => [sameShape(name), name]))
const FAMOUS = new Set(lists.famous)
const REAL = new Set(lists.real)

/** PEP 503. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

function lookAlikeOf(name: string): string | undefined {
  if (FAMOUS.has(name) || REAL.has(name)) return undefined
  return (
    SHAPES.get(sameShape(name)) ??
    lists.famous.find((famous) => famous.length >= 6 && isOneSlip(name, famous))
  )
}

/** Letters that are drawn alike, written one way. */
function sameShape(name: string): string {
  return name
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/0/g, 'o')
    .replace(/[1i]/g, 'l')
    .replace(/-/g, '')
}

/** One letter more, less, other, or two swapped. A digit at the end is a version, not a slip. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || /\d$/.test(a) !== /\d$/.test(b)) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const left = a.slice(start, a.length - end)
  const right = b.slice(start, b.length - end)
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}

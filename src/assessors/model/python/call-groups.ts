import lists from '../../../../catalog/rules-metadata/python-calls.json' with { type: 'json' }
import { originsOf, type PythonValue } from '../../../formats/python/index.ts'

/** What calling something does to the world outside the process. */
export type CallGroup = keyof typeof lists.groups

/** The lists of catalog/rules-metadata/python-calls.json. */
export const PYTHON_LISTS = lists

const exact = new Map<string, CallGroup>()
const prefixes: (readonly [string, CallGroup])[] = []
const firstSegments = new Set<string>()

for (const [group, names] of Object.entries(lists.groups))
  for (const name of names) {
    firstSegments.add(name.split(/[.(]/)[0] ?? name)
    if (!isGroup(group)) continue
    if (name.endsWith('*')) prefixes.push([name.slice(0, -1), group])
    else exact.set(name, group)
  }

function isGroup(name: string): name is CallGroup {
  return Object.hasOwn(lists.groups, name)
}

/** Names in modules that a wildcard covers and that do nothing. */
const HARMLESS =
  /^(?:subprocess\.(?:PIPE|DEVNULL|STDOUT|list2cmdline|CalledProcessError|TimeoutExpired|SubprocessError|STARTUPINFO|CompletedProcess)|os\.(?:getlogin))$/

/** Segments of one name that are looked at. */
const MAX_SEGMENTS = 24

/** The group of a callee, also when it is reached through another module: `random._os.system`, `self.os.system`. */
export function groupOf(callee: string): { readonly group: CallGroup; readonly name: string } | undefined {
  const segments = callee.split('.')
  for (let i = 0; i < Math.min(segments.length, MAX_SEGMENTS); i++) {
    const head = (segments[i] ?? '').replace(/^_(?=os$|sys$|subprocess$|pickle$)/, '')
    // A name after a dot is the builtin only when it stands alone: model.eval is no eval.
    if (!firstSegments.has(head.replace(/\(\)|\[\]/g, '')) || (i > 0 && i === segments.length - 1)) continue
    const name = [head, ...segments.slice(i + 1)].join('.')
    const group = groupOfName(name)
    if (group !== undefined) return { group, name }
  }
  return undefined
}

function groupOfName(name: string): CallGroup | undefined {
  const known = exact.get(name)
  if (known !== undefined) return known
  if (HARMLESS.test(name) || name.includes('()')) return undefined
  return prefixes.find(([prefix]) => name.startsWith(prefix))?.[1]
}

/** Where the arguments of a call came from: what hid them, what fetched them, what secrets went in. */
export function originMarks(values: readonly PythonValue[]): {
  readonly decoded: string | undefined
  readonly network: string | undefined
  readonly secret: string | undefined
} {
  const origins = values.flatMap((value) => originsOf(value))
  const find = (marks: readonly string[]): string | undefined =>
    origins.find((origin) =>
      marks.some((mark) => origin === mark || (mark !== 'chr' && origin.startsWith(mark))),
    )
  const { decoded, network, secret } = lists.origins
  return { decoded: find(decoded), network: find(network), secret: find(secret) }
}

/** Constant texts among values, those in lists and dictionaries too. */
export function textsIn(values: readonly PythonValue[], depth = 3): readonly string[] {
  return values
    .slice(0, 100)
    .flatMap((value) => ownText(value) ?? (depth <= 0 ? [] : textsIn(partsOf(value), depth - 1)))
}

function ownText(value: PythonValue): string | undefined {
  if (value.kind === 'text' || value.kind === 'bytes') return value.value
  if (value.kind === 'name') return value.seed
  return value.kind === 'unknown' ? value.prefix : undefined
}

function partsOf(value: PythonValue): readonly PythonValue[] {
  if (value.kind === 'list') return value.items
  if (value.kind === 'dict') return value.entries.flat()
  return value.kind === 'any' ? value.of : []
}

/** A path of the machine that a model has no business with. */
export function sensitivePath(texts: readonly string[]): string | undefined {
  return texts.find((text) => text.length < 500 && lists.sensitivePaths.some((part) => text.includes(part)))
}

/** A place that collects what is sent to it, or an address without a name. */
export function collectorIn(texts: readonly string[]): string | undefined {
  return texts.find(
    (text) =>
      text.length < 2000 &&
      (lists.collectors.some((part) => text.includes(part)) ||
        /^[a-z]{2,6}:\/\/(?!127\.|0\.0\.0\.0|10\.|192\.168\.|localhost)\d{1,3}(?:\.\d{1,3}){3}/i.test(text)),
  )
}

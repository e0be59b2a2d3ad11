import type { Component, ComponentHash } from '../../ground/domain/index.ts'
import { readColonHash } from './hashes.ts'
import {
  type Include,
  type InstallOption,
  type ListProblem,
  MAX_WORD,
  makeList,
  type PackageList,
} from './package-list.ts'
import {
  componentOfRequirement,
  originOf,
  type ParsedRequirement,
  readRequirement,
  withoutPassword,
} from './requirement.ts'

/** Lines that are read. Frozen environments have some hundred packages with a dozen hashes each. */
const MAX_LINES = 500_000
/** Characters of one requirement with all its hashes; large wheels sets (grpcio) come to 10,000. */
const MAX_LOGICAL = 200_000

const OPTIONS: Readonly<Record<string, InstallOption['option']>> = {
  '-i': '--index-url',
  '--index-url': '--index-url',
  '--pypi-url': '--index-url',
  '--extra-index-url': '--extra-index-url',
  '-f': '--find-links',
  '--find-links': '--find-links',
  '--trusted-host': '--trusted-host',
  '--no-index': '--no-index',
  '--require-hashes': '--require-hashes',
  '--pre': '--pre',
}
const INCLUDES: Readonly<Record<string, Include['kind']>> = {
  '-r': 'requirements',
  '--requirement': 'requirements',
  '-c': 'constraints',
  '--constraint': 'constraints',
}
/** Options that change nothing about what is installed from where. */
const HARMLESS =
  /^--(?:no-binary|only-binary|prefer-binary|use-feature|config-settings?|global-option|install-option)\b/

interface Draft {
  readonly components: Component[]
  readonly options: InstallOption[]
  readonly includes: Include[]
  readonly problems: ListProblem[]
}

/** A requirements or constraints file. https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
export function readPipRequirements(text: string, path: string): PackageList {
  const draft: Draft = { components: [], options: [], includes: [], problems: [] }
  const lines = text.split(/\r?\n|\r/, MAX_LINES)
  if (lines.length === MAX_LINES) draft.problems.push({ message: `only ${MAX_LINES} lines are read` })
  let logical = ''
  let first = 1
  for (const [i, raw] of lines.entries()) {
    if (logical === '') first = i + 1
    const isComment = /^\s*#/.test(raw)
    const line = isComment ? '' : raw.replace(/(?:^|\s+)#.*$/, '')
    // pip joins lines before it takes comments away; a comment line ends nothing.
    if (line.endsWith('\\') && logical.length < MAX_LOGICAL) {
      logical += `${line.slice(0, -1)} `
      continue
    }
    readLogical((logical + line).trim(), { path, line: first }, draft)
    logical = ''
  }
  readLogical(logical.trim(), { path, line: first }, draft)
  const kind = /constraints?[^/]*$/i.test(path) ? 'constraints' : 'requirements'
  return makeList({ format: `${kind}.txt`, path, kind: 'manifest' }, draft)
}

function readLogical(
  text: string,
  place: { readonly path: string; readonly line: number },
  draft: Draft,
): void {
  if (text === '') return
  if (text.length > MAX_LOGICAL) {
    draft.problems.push({ message: 'the requirement is too long to be one', line: place.line })
    return
  }
  if (text.startsWith('-')) readOption(text, place, draft)
  else readPackage(text, place, draft)
}

function readOption(
  text: string,
  place: { readonly path: string; readonly line: number },
  draft: Draft,
): void {
  const [word = ''] = text.split(/[\s=]/, 1)
  const value = text
    .slice(word.length)
    .replace(/^[\s=]+/, '')
    .replace(/^(["'])(.*)\1$/, '$2')
    .slice(0, MAX_WORD * 2)
  const option = OPTIONS[word]
  const include = INCLUDES[word]
  if (option !== undefined) draft.options.push({ option, value: withoutPassword(value), line: place.line })
  else if (include !== undefined) draft.includes.push({ kind: include, path: value, line: place.line })
  else if (word === '-e' || word === '--editable') readEditable(value, place, draft)
  else if (/^-[rciIf]\S/.test(text)) readOption(`${text.slice(0, 2)} ${text.slice(2)}`, place, draft)
  else if (!HARMLESS.test(text))
    draft.problems.push({ message: `pip's option ${word.slice(0, 40)} is not known`, line: place.line })
}

function readEditable(
  value: string,
  place: { readonly path: string; readonly line: number },
  draft: Draft,
): void {
  const origin = originOf(value)
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(value)?.[1]
  draft.components.push(
    componentOfRequirement({ name: egg ?? nameOfAddress(value), extras: [], origin }, place, {
      isEditable: true,
    }),
  )
}

function readPackage(
  text: string,
  place: { readonly path: string; readonly line: number },
  draft: Draft,
): void {
  const hashes: ComponentHash[] = []
  const [bare = ''] = text.split(/\s--(?=[a-z])/, 1)
  for (const [, hash] of text.matchAll(/\s--hash[=\s]+(\S{1,200})/g)) hashes.push(...readColonHash(hash))
  const requirement = readBare(bare.trim())
  if (requirement === undefined)
    draft.problems.push({ message: `it is no requirement: ${bare.slice(0, 80)}`, line: place.line })
  else draft.components.push(componentOfRequirement(requirement, place, { hashes }))
}

function readBare(text: string): ParsedRequirement | undefined {
  const isAddress = /^(?:[a-z][a-z0-9+.-]*:\/\/|git\+|\.{0,2}\/|[A-Za-z]:\\|file:)/i.test(text)
  if (!isAddress && !/^[^\s@;]+\.(?:whl|zip|tar\.gz|tar\.bz2)$/i.test(text)) return readRequirement(text)
  const [address = ''] = text.split(/\s+;/, 1)
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(address)?.[1]
  return { name: egg ?? nameOfAddress(address), extras: [], origin: originOf(address.trim()) }
}

/** The name that the end of an address suggests: `https://…/torch-2.1.0-cp311….whl` is torch. */
function nameOfAddress(address: string): string {
  const end = address
    .replace(/[#?].*$/, '')
    .replace(/\/+$/, '')
    .replace(/@[^/]*$/, '')
    .split(/[\\/]/)
    .at(-1)
  const name = (end ?? '')
    .replace(/\.git$/, '')
    .replace(/-\d.*$/, '')
    .replaceAll(/[^A-Za-z0-9._-]/g, '')
  return /^[A-Za-z0-9]/.test(name) ? name : 'unnamed'
}

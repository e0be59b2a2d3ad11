import type { Component } from '../../ground/domain/index.ts'

/** An option that steers where an installer looks, or what it checks. */
export interface InstallOption {
  readonly option:
    | '--index-url'
    | '--extra-index-url'
    | '--find-links'
    | '--trusted-host'
    | '--no-index'
    | '--require-hashes'
    | '--pre'
    | 'channel'
    | 'registry'
  readonly value: string
  readonly line?: number
}

/** Another file that this one draws in. */
export interface Include {
  /** `constraints` pin what others ask for, and install nothing. */
  readonly kind: 'requirements' | 'constraints'
  readonly path: string
  readonly line?: number
}

/** What could not be understood, and where. A list with one of these is not read in full. */
export interface ListProblem {
  readonly message: string
  readonly line?: number
}

/** A file that says which packages are installed, or shall be. */
export interface PackageList {
  /** Such as `requirements.txt`, `poetry.lock`, `package-lock.json`. */
  readonly format: string
  readonly path: string
  /** `manifest`: what a person asks for; `lock`: all that will be installed; `installed`: what is there. */
  readonly kind: 'manifest' | 'lock' | 'installed'
  /** Only `requirements.txt` may name hashes and need not; the other locks always do for a registry. */
  readonly components: readonly Component[]
  readonly options: readonly InstallOption[]
  readonly includes: readonly Include[]
  /** Scripts that its own installation runs: npm's `postinstall` and such, with the command. */
  readonly scripts: readonly { readonly name: string; readonly command: string; readonly line?: number }[]
  readonly problems: readonly ListProblem[]
}

/** Packages in one file. The largest lock files known have some 10,000; what has more is an attack on whoever reads it. */
const MAX_COMPONENTS = 200_000
/** Problems named in one file; the rest only repeats them. */
const MAX_PROBLEMS = 50
/** Characters of a name, a version or a requirement. Registries allow 214 (npm) and 100 or so (PyPI). */
export const MAX_WORD = 1000

/** A list with nothing in it, to be filled. */
export function makeList(
  head: Pick<PackageList, 'format' | 'path' | 'kind'>,
  parts: Partial<PackageList> = {},
): PackageList {
  const { components = [], problems = [] } = parts
  const isOver = components.length > MAX_COMPONENTS
  const over = { message: `it names more than ${MAX_COMPONENTS} packages; the rest was not read` }
  return {
    options: [],
    includes: [],
    scripts: [],
    ...head,
    ...parts,
    components: isOver ? components.slice(0, MAX_COMPONENTS) : components,
    problems: [...(isOver ? [over] : []), ...problems.slice(0, MAX_PROBLEMS)],
  }
}

/** Finds the line of a name: each line's first word counts, and what stands behind `name =`. */
export function lineFinder(text: string): (word: string) => number | undefined {
  let lines: Map<string, number> | undefined
  return (word) => {
    lines ??= indexLines(text)
    return lines.get(word)
  }
}

function indexLines(text: string): Map<string, number> {
  const lines = new Map<string, number>()
  let line = 1
  for (let start = 0; start <= text.length; line++) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const head = text.slice(start, Math.min(end, start + MAX_WORD)).trim()
    const word =
      /^(?:- )?name\s*[=:]\s*["']?([^"',]+)/.exec(head)?.[1]?.trim() ??
      /^["']?([^"'\s]+?)["']?\s*[:=]/.exec(head)?.[1]
    if (word !== undefined && !lines.has(word)) lines.set(word, line)
    start = end + 1
  }
  return lines
}

/** `{ line }` when there is one: an absent line is no member. */
export function atLine(line: number | undefined): { readonly line?: number } {
  return line === undefined ? {} : { line }
}

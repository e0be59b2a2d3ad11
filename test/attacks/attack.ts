import type { Verdict } from '../../src/ground/domain/index.ts'

/** A published technique, and a file of ours that uses it with a harmless argument. */
export interface Attack {
  /** Advisories, issues and papers that describe it: `GHSA-…`, `CVE-…`, `owner/name#1`, `arXiv:…`, or a name without a page. */
  readonly ids: readonly string[]
  /** The technique in one line. */
  readonly title: string
  /** Files by name; more than one is a repository. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly wanted: Exclude<Verdict, 'clean'>
  /** Why it is not wanted to be malicious. */
  readonly why?: string
}

/** The bytes of a text that has one character a byte. */
function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(Buffer.from(latin1, 'latin1'))
}

/** One file that acts when it is loaded: its content as bytes, or one character a byte. */
export function attack(ids: string, title: string, name: string, content: string | Uint8Array): Attack {
  const bytes = typeof content === 'string' ? bytesOf(content) : content
  return { ids: ids.split(' '), title, files: { [name]: bytes }, wanted: 'malicious' }
}

/** Several files that act together. */
export function repository(ids: string, title: string, files: Readonly<Record<string, string>>): Attack {
  const made = Object.entries(files).map(([name, content]) => [name, bytesOf(content)] as const)
  return { ids: ids.split(' '), title, files: Object.fromEntries(made), wanted: 'malicious' }
}

/** An attack that a person must look at: doubtful structure, or code by configuration. */
export function doubtful(why: string, made: Attack): Attack {
  return { ...made, wanted: 'suspicious', why }
}

/** An attack that cannot be judged by nature. */
export function undecidable(why: string, made: Attack): Attack {
  return { ...made, wanted: 'undecided', why }
}

import type { PythonView } from '../../../formats/python/index.ts'
import type { PythonAct, PythonRole } from './python-subject.ts'

/** One file of a repository, by its name in it. */
export interface RepositoryFile {
  readonly name: string
  readonly sizeBytes: number
}

/** A Python file of a repository, judged. */
export interface RepositoryPython {
  readonly view: PythonView
  readonly role: PythonRole
  readonly acts: readonly PythonAct[]
  /** What matters more because another file calls it on import or from a loader. */
  readonly reached: readonly PythonAct[]
}

/** A directory or hub repository as a loader sees it: names, and the texts that say what is loaded how. */
export interface RepositorySubject {
  readonly kind: 'repository'
  readonly files: readonly RepositoryFile[]
  /** Names of all files, for look-ups. */
  readonly names: ReadonlySet<string>
  /** Texts of configuration that were read, by name. */
  readonly texts: ReadonlyMap<string, string>
  /** The JSON among them. */
  readonly documents: ReadonlyMap<string, unknown>
  readonly python: ReadonlyMap<string, RepositoryPython>
  /** First bytes of compiled Python, by name. */
  readonly compiled: ReadonlyMap<string, Uint8Array>
}

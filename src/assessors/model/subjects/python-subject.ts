import type { NotebookView } from '../../../formats/notebook/index.ts'
import type { PythonEvent, PythonView } from '../../../formats/python/index.ts'
import type { Requirement } from '../../../formats/requirements/index.ts'

/** How a Python text comes to run: by a loader, by somebody who starts it, by building a package, cell by cell. */
export type PythonRole = 'loaded' | 'script' | 'setup' | 'notebook'

/** One call of a Python text, judged. */
export interface PythonAct {
  readonly level: 'malicious' | 'suspicious' | 'note'
  /** Whether it hides what it runs, runs on import, runs when a loader calls, or only when somebody calls it. */
  readonly moment: 'hidden' | 'import' | 'loader' | 'other'
  readonly message: string
  readonly event: PythonEvent
}

/** A Python text, its calls judged. */
export interface PythonSubject {
  readonly kind: 'python'
  readonly name: string
  readonly role: PythonRole
  readonly view: PythonView
  readonly acts: readonly PythonAct[]
}

/** Command lines that a file gives to a shell: scripts, Dockerfiles, cells of notebooks. */
export interface ShellSubject {
  readonly kind: 'shell'
  readonly name: string
  /** A person runs them one by one, having seen them. */
  readonly commands: readonly { readonly text: string; readonly place: string }[]
}

/** A notebook beside its Python and its commands, which are subjects of their own. */
export interface NotebookSubject {
  readonly kind: 'notebook'
  readonly view: NotebookView
}

/** Names and texts of compiled Python. */
export interface CompiledSubject {
  readonly kind: 'compiled-python'
  readonly names: ReadonlySet<string>
  readonly texts: readonly string[]
}

/** A list of packages to install. */
export interface RequirementsSubject {
  readonly kind: 'requirements'
  readonly name: string
  readonly requirements: readonly Requirement[]
}

import type { PythonEvent, PythonView } from '../../../formats/python/index.ts'

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

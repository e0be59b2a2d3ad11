import type { PythonValue } from './python-value.ts'

/** When a call happens: on import, only when the file is run as a program, or when something calls its function later. */
export type Phase = 'import' | 'main' | 'later'

/** Something that the text does to or with a name that is not its own. */
export interface PythonEvent {
  /** `call`; `assign` to an attribute of a module; `hand-over` of a callable to a function that may call it. */
  readonly kind: 'call' | 'assign' | 'hand-over'
  /** As Python would import it: `os.system`, `requests.get().json`. */
  readonly callee: string
  readonly args: readonly PythonValue[]
  readonly keywords: ReadonlyMap<string, PythonValue>
  readonly phase: Phase
  /** The function that somebody outside calls for this to happen; empty for the text itself. */
  readonly root: string
  /** The function in whose text it stands; empty for the text itself. */
  readonly within: string
  readonly offset: number
  /** The text of it, cut. */
  readonly source: string
  /** The constant text that made the object whose method is called: the path of a Path. */
  readonly seed?: string | undefined
  /** The name was computed: `getattr(os, 'sys' + 'tem')`. */
  readonly isHidden: boolean
  /** It stands in a text that was given to exec or eval. */
  readonly isGenerated: boolean
}

export interface PythonImport {
  /** With leading dots when relative. */
  readonly module: string
  /** Undefined for `import module`; `*` for all. */
  readonly name: string | undefined
  readonly offset: number
  readonly phase: Phase
}

/** What a Python text does, as far as can be told without running it. */
export interface PythonView {
  readonly events: readonly PythonEvent[]
  readonly imports: readonly PythonImport[]
  /** The encoding that the text declares (PEP 263), in small letters and with underscores. */
  readonly encoding: string | undefined
  /** Names of classes and functions of the outermost level. */
  readonly definitions: readonly string[]
  /** Why not all of it was understood. */
  readonly problems: readonly PythonProblem[]
}

export interface PythonProblem {
  readonly kind: 'cut' | 'syntax' | 'depth' | 'budget'
  readonly message: string
  readonly offset: number
}

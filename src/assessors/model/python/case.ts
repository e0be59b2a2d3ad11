import type { PythonEvent, PythonValue } from '../../../formats/python/index.ts'
import type { PythonAct, PythonRole } from '../subjects/python-subject.ts'
import type { CallGroup, originMarks } from './call-groups.ts'

/** One call, and all that the judges of its group ask. */
export interface Case {
  readonly event: PythonEvent
  readonly group: CallGroup | undefined
  readonly name: string
  readonly role: PythonRole
  /** Runs on import, when a loader calls, or only when somebody calls it. */
  readonly moment: 'import' | 'loader' | 'other'
  /** All arguments, those by name too. */
  readonly values: readonly PythonValue[]
  readonly marks: ReturnType<typeof originMarks>
}

/** What a judge says of a case; undefined when there is nothing to say. */
export interface Judgement {
  readonly level: PythonAct['level']
  readonly what: string
  /** True when what is run was hidden: then it matters wherever it stands. */
  readonly isHiding?: boolean
}

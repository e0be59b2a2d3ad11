import { sha256Hex } from '../../ground/crypto/index.ts'
import { type Finding, SEVERITIES } from '../../ground/domain/index.ts'
import { utf8 } from '../../ground/lang/index.ts'
import {
  changedData,
  changedLock,
  newBaseModel,
  newCodeOrigin,
  newDependency,
  uncommittedCode,
  unvettedData,
} from './rules/inputs.ts'
import { newEgress, newHost, newUser, offSchedule, secretOnCommandLine } from './rules/place.ts'
import { leftBehind, overBudget, unusualHours } from './rules/use.ts'
import type { RunCase, TrainingRule } from './run-case.ts'

/** Every rule about training runs. */
export const TRAINING_RULES: readonly TrainingRule[] = [
  unusualHours,
  overBudget,
  leftBehind,
  unvettedData,
  changedData,
  newDependency,
  changedLock,
  newBaseModel,
  newCodeOrigin,
  uncommittedCode,
  newEgress,
  newHost,
  newUser,
  offSchedule,
  secretOnCommandLine,
]

/** Where findings of a run are: it has no files of its own. */
const PLACE = 'training-run'

/** How a run departs from its own history, and what is wrong with it in itself; worst first. Pure. */
export function assessRun(kase: RunCase): readonly Finding[] {
  const findings = TRAINING_RULES.flatMap((rule) =>
    rule.check(kase).map((message): Finding => {
      const { id: ruleId, severity, verdict, title, remedy, taxonomy } = rule
      const fingerprint = sha256Hex(utf8(`${ruleId}\0${kase.run.name}\0${message}`)).slice(0, 16)
      return {
        ruleId,
        severity,
        verdict,
        title,
        message,
        location: { path: PLACE },
        remedy,
        taxonomy,
        fingerprint,
      }
    }),
  )
  return findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}

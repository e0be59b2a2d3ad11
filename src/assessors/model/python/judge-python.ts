import type { PythonEvent, PythonView } from '../../../formats/python/index.ts'
import type { PythonAct, PythonRole } from '../subjects/python-subject.ts'
import { groupOf, originMarks } from './call-groups.ts'
import type { Case, Judgement } from './case.ts'
import { judgeExecution } from './judge-execution.ts'
import { judgeNetwork } from './judge-network.ts'
import { judgeProcess } from './judge-process.ts'
import { judgeReach } from './judge-reach.ts'
import { isLoaderHook } from './loader-hooks.ts'

/** Functions that other files call on import or from a loader. */
type Reached = ReadonlyMap<string, 'import' | 'loader'>

const NOTHING_REACHED: Reached = new Map()

/** Judges every call of a Python text; of several that one call makes, the worst is kept. */
export function judgePython(
  view: PythonView,
  role: PythonRole,
  reached: Reached = NOTHING_REACHED,
): readonly PythonAct[] {
  const worst = new Map<number, PythonAct>()
  for (const event of view.events) {
    const act = actOf(event, role, reached)
    if (act === undefined) continue
    const known = worst.get(event.offset)
    if (known === undefined || rank(act) > rank(known)) worst.set(event.offset, act)
  }
  return [...worst.values()].sort((a, b) => a.event.offset - b.event.offset)
}

const LEVELS = ['note', 'suspicious', 'malicious'] as const
const MOMENTS = ['other', 'loader', 'import', 'hidden'] as const

function rank({ level, moment }: PythonAct): number {
  return LEVELS.indexOf(level) * 10 + MOMENTS.indexOf(moment)
}

function actOf(event: PythonEvent, role: PythonRole, reached: Reached): PythonAct | undefined {
  const found = event.kind === 'assign' ? undefined : groupOf(event.callee)
  const values = [...event.args, ...event.keywords.values()]
  const moment = (event.phase === 'later' ? reached.get(event.root) : undefined) ?? momentOf(event, role)
  const one: Case = {
    event,
    group: found?.group,
    name: found?.name ?? event.callee,
    role,
    moment,
    values,
    marks: originMarks(values),
  }
  const judged = judge(one)
  if (judged === undefined) return undefined
  const { level, what, isHiding = false } = judged
  return { level, moment: isHiding ? 'hidden' : moment, message: `${whenText(one)}${what}`, event }
}

function momentOf(event: PythonEvent, role: PythonRole): Case['moment'] {
  if (role === 'notebook') return 'other'
  if (event.phase === 'import') return 'import'
  return event.phase === 'later' && isLoaderHook(event, role) ? 'loader' : 'other'
}

function judge(one: Case): Judgement | undefined {
  switch (one.group) {
    case 'shell':
    case 'process':
      return judgeProcess(one)
    case 'execute':
    case 'deserialise':
      return judgeExecution(one)
    case 'send':
    case 'connect':
    case 'fetch':
    case 'remote':
      return judgeNetwork(one)
    default:
      return judgeReach(one)
  }
}

function whenText({ event, moment, role }: Case): string {
  const where = event.within === '' ? '' : ` in ${event.within}`
  if (moment === 'import')
    return role === 'script' ? `when it is started or imported${where} it ` : `on import${where} it `
  if (moment === 'loader') return `when a loader calls ${event.root} it `
  return event.root === '' ? 'when it is run as a program it ' : `when ${event.root} is called it `
}

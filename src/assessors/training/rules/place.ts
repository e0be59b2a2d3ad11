import { exampleCase, exampleRun, type TrainingRule } from '../run-case.ts'
import { named } from './inputs.ts'

/** Earlier runs from which a schedule can be told. */
const MIN_SCHEDULE = 5
/** Minutes between a start and the nearest earlier one, round the clock, beyond which it is off schedule. */
const FAR_MINUTES = 240
const DAY_MINUTES = 1440

export const newEgress: TrainingRule = {
  id: 'training/new-egress',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The run spoke with an address that no earlier run spoke with',
  source: 'https://attack.mitre.org/techniques/T1041/',
  taxonomy: ['AML.T0025', 'ATT&CK T1041'],
  remedy:
    'Find out whose address it is. Pin mirrors and trackers to known hosts, and close the rest at the network.',
  examples: {
    fires: [exampleCase({ run: exampleRun({ egress: ['192.0.2.10:443/tcp', '198.51.100.7:4444/tcp'] }) })],
    silent: [
      exampleCase(),
      exampleCase({ run: exampleRun({ egress: ['198.51.100.7:4444/tcp'] }), history: [] }),
      // The same host at the port of another try.
      exampleCase({ run: exampleRun({ egress: ['192.0.2.10:443/tcp'] }) }),
    ],
  },
  check: ({ run, history }) => {
    if (history.length === 0) return []
    const before = new Set(history.flatMap(({ egress }) => egress))
    const fresh = run.egress.filter((one) => !before.has(one))
    return fresh.length === 0 ? [] : [`new: ${named(fresh)}`]
  },
}

export const newHost: TrainingRule = {
  id: 'training/new-host',
  severity: 'low',
  verdict: 'suspicious',
  title: 'The run was on a machine where no earlier run was',
  source: 'https://atlas.mitre.org/techniques/AML.T0034',
  taxonomy: ['AML.T0034'],
  remedy: 'Make sure that the machine is one of yours and meant for training.',
  examples: {
    fires: [exampleCase({ run: exampleRun({ host: 'laptop-7' }) })],
    silent: [exampleCase(), exampleCase({ history: [] })],
  },
  check: ({ run, history }) =>
    history.length === 0 || history.some(({ host }) => host === run.host)
      ? []
      : [`${run.host}, where earlier runs were on ${named([...new Set(history.map(({ host }) => host))])}`],
}

export const newUser: TrainingRule = {
  id: 'training/new-user',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Somebody started the run who never did before',
  source: 'https://attack.mitre.org/techniques/T1078/',
  taxonomy: ['ATT&CK T1078'],
  remedy: 'Ask who started it and why.',
  examples: {
    fires: [exampleCase({ run: exampleRun({ user: 'local:ffffffffffffffff' }) })],
    silent: [exampleCase(), exampleCase({ history: [] })],
  },
  check: ({ run, history }) =>
    history.length === 0 || history.some(({ user }) => user === run.user)
      ? []
      : [`${run.user} started none of the ${history.length} earlier runs`],
}

export const offSchedule: TrainingRule = {
  id: 'training/off-schedule',
  severity: 'low',
  verdict: 'suspicious',
  title: 'The run began at a time at which no earlier run began',
  source: 'https://attack.mitre.org/techniques/T1053/',
  taxonomy: ['ATT&CK T1053'],
  remedy: 'Make sure that somebody wanted a run at this hour or on this day.',
  examples: {
    fires: [
      exampleCase({ run: exampleRun({ startedAt: '2026-11-17T14:30:00.000Z' }) }),
      // A Saturday, after working days only.
      exampleCase({ run: exampleRun({ startedAt: '2026-11-21T02:00:00.000Z' }) }),
    ],
    silent: [
      exampleCase(),
      exampleCase({ run: exampleRun({ startedAt: '2026-11-17T23:30:00.000Z' }) }),
      exampleCase({ run: exampleRun({ startedAt: '2026-11-17T14:30:00.000Z' }), history: [exampleRun()] }),
    ],
  },
  check: ({ run, history }) => {
    if (history.length < MIN_SCHEDULE) return []
    const far = Math.min(...history.map((one) => minutesApart(one.startedAt, run.startedAt)))
    if (far > FAR_MINUTES)
      return [`${run.startedAt.slice(11, 16)} UTC is ${Math.round(far / 60)} hours from every earlier start`]
    const isNewWeekend = isWeekend(run.startedAt) && !history.some((one) => isWeekend(one.startedAt))
    return isNewWeekend ? ['on a weekend, where every earlier run began on a working day'] : []
  },
}

function minutesApart(a: string, b: string): number {
  const apart = Math.abs(minuteOfDay(a) - minuteOfDay(b))
  return Math.min(apart, DAY_MINUTES - apart)
}

function minuteOfDay(time: string): number {
  const date = new Date(time)
  return date.getUTCHours() * 60 + date.getUTCMinutes()
}

function isWeekend(time: string): boolean {
  return [0, 6].includes(new Date(time).getUTCDay())
}

export const secretOnCommandLine: TrainingRule = {
  id: 'training/secret-on-command-line',
  severity: 'low',
  verdict: 'suspicious',
  title: 'A secret stood on the command line',
  source: 'https://cwe.mitre.org/data/definitions/214.html',
  taxonomy: ['CWE-214'],
  remedy:
    'Change the secret: everybody on that machine could read it. Hand it over by a file or by the environment.',
  examples: { fires: [exampleCase({ hadSecret: true })], silent: [exampleCase()] },
  check: ({ hadSecret }) => (hadSecret ? ['a value that looks like a secret was masked in the record'] : []),
}

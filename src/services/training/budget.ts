import { fail, ok, type Result } from '../../ground/lang/index.ts'
import type { RunBudget } from '../../trust/evidence/index.ts'

/** What a budget can limit. */
export type BudgetLimit = 'wall' | 'cpu' | 'gpu' | 'memory'

/** What a run has used so far. */
export interface BudgetUsage {
  readonly wallMs: number
  readonly cpuMs: number
  readonly gpuMs: number
  readonly memoryBytes: number
}

/** How near a run is to one of its limits; `share` is 1 at the limit. */
export interface BudgetState {
  readonly limit: BudgetLimit
  readonly share: number
}

const HOUR_MS = 3_600_000
const TIME_UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS }
const MEMORY_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
}
/** Milliseconds. A longer run is a typing error: nobody trains for ten years. */
const MAX_TIME_MS = 10 * 365 * 24 * HOUR_MS

const FORM = 'write it as gpu-hours=4,cpu-hours=8,wall=2h,memory=16GiB, with any of the four'

/**
 * A budget as a person writes it: `gpu-hours=4,cpu-hours=8,wall=2h,memory=16GiB`.
 * @param warnAt share of a limit at which to warn, above 0 and at most 1
 */
export function parseBudget(text: string, warnAt: number): Result<RunBudget> {
  if (!(warnAt > 0 && warnAt <= 1)) return fail('the share to warn at must be above 0 % and at most 100 %')
  const limits: { wallMs?: number; cpuMs?: number; gpuMs?: number; memoryBytes?: number } = {}
  for (const part of text.split(',')) {
    const [name = '', value = '', ...rest] = part.trim().split('=')
    const key = KEYS[name]
    if (key === undefined || value === '' || rest.length > 0)
      return fail(`"${part.trim().slice(0, 80)}" is no limit; ${FORM}`)
    if (limits[key] !== undefined) return fail(`the budget names ${name} twice`)
    const read = READERS[key](value)
    if (read === undefined) return fail(`"${value.slice(0, 40)}" is no ${WHAT[key]} for ${name}; ${FORM}`)
    limits[key] = read
  }
  return ok({ ...limits, warnAt })
}

type LimitKey = 'wallMs' | 'cpuMs' | 'gpuMs' | 'memoryBytes'
const KEYS: Readonly<Record<string, LimitKey>> = {
  wall: 'wallMs',
  'cpu-hours': 'cpuMs',
  'gpu-hours': 'gpuMs',
  memory: 'memoryBytes',
}
const READERS: Readonly<Record<LimitKey, (text: string) => number | undefined>> = {
  wallMs: readTime,
  cpuMs: readHours,
  gpuMs: readHours,
  memoryBytes: readMemory,
}
const WHAT: Readonly<Record<LimitKey, string>> = {
  wallMs: 'time such as 90m or 2h',
  cpuMs: 'number of hours',
  gpuMs: 'number of hours',
  memoryBytes: 'size such as 16GiB',
}

/** A length of time such as `30s`, `90m`, `2h` or `1.5d`, in milliseconds; undefined when it is none. */
export function readTime(text: string): number | undefined {
  const [, number = '', unit = ''] = /^([0-9]{1,9}(?:\.[0-9]{1,6})?)([smhd])$/.exec(text) ?? []
  return bounded(Number(number || Number.NaN) * (TIME_UNITS[unit] ?? Number.NaN), MAX_TIME_MS)
}

function readHours(text: string): number | undefined {
  return /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)
    ? bounded(Number(text) * HOUR_MS, MAX_TIME_MS * 4096)
    : undefined
}

function readMemory(text: string): number | undefined {
  const [, number = '', unit = ''] = /^([0-9]{1,15}(?:\.[0-9]{1,6})?)([A-Za-z]{0,3})$/.exec(text) ?? []
  return bounded(Number(number || Number.NaN) * (MEMORY_UNITS[unit.toUpperCase()] ?? Number.NaN), 2 ** 50)
}

function bounded(value: number, most: number): number | undefined {
  const whole = Math.round(value)
  return whole > 0 && whole <= most ? whole : undefined
}

/** How far each limit of a budget is used up, worst first. */
export function budgetStates(budget: RunBudget, usage: BudgetUsage): readonly BudgetState[] {
  const states: BudgetState[] = []
  const add = (limit: BudgetLimit, most: number | undefined, used: number) => {
    if (most !== undefined) states.push({ limit, share: used / most })
  }
  add('wall', budget.wallMs, usage.wallMs)
  add('cpu', budget.cpuMs, usage.cpuMs)
  add('gpu', budget.gpuMs, usage.gpuMs)
  add('memory', budget.memoryBytes, usage.memoryBytes)
  return states.sort((a, b) => b.share - a.share)
}

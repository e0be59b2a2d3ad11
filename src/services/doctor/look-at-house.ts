import { type Check, runChecks } from './run-checks.ts'

/** Bytes. Room for one ordinary checkpoint; below it an import is likely to fail half way. */
const LOW_DISK_BYTES = 5 * 2 ** 30
const GIB = 2 ** 30

/** Days. Rekor v2 starts a new log about twice a year (rekor-tiles `CLIENTS.md`): an older trust root may not name it. */
const OLD_TRUST_DAYS = 270
const DAY_MS = 86_400_000

/** What the doctor looks at. */
export interface HouseToCheck {
  /** Version of Node that runs. */
  readonly node: string
  readonly home: string
  policyName(): Promise<string>
  checkLog(): Promise<{
    readonly entries: number
    readonly problems: readonly { readonly where: string; readonly what: string }[]
  }>
  freeBytes(): Promise<number>
  /** Seals training runs whose wrapper was killed; undefined on a system where runs are not watched. */
  sealRuns(): Promise<
    | {
        readonly sealed: number
        readonly problems: readonly { readonly id: string; readonly message: string }[]
      }
    | undefined
  >
  /** Whom Sigstore bundles are checked against, and when that was said. */
  trustRoot(): Promise<{ readonly source: string; readonly at: Date }>
  now(): Date
}

/** Whether everything here is in order, each thing with what to do when it is not. */
export function lookAtHouse(house: HouseToCheck): Promise<readonly Check[]> {
  return runChecks([
    { name: 'node', look: async () => `Node ${house.node}`, nextStep: 'install Node 24' },
    {
      name: 'policy',
      look: async () => `policy "${await house.policyName()}"`,
      nextStep: 'sallyport policy check FILE names line and column',
    },
    {
      name: 'home',
      look: async () => {
        const { entries, problems } = await house.checkLog()
        const [first] = problems
        if (first !== undefined) throw new Error(`${first.where}: ${first.what}`)
        return `${house.home}: ${entries} log entries, whole`
      },
      nextStep: 'sallyport log fsck says more; sallyport log export makes a copy',
    },
    {
      name: 'training runs',
      look: async () => {
        const runs = await house.sealRuns()
        const [first] = runs?.problems ?? []
        if (first !== undefined) throw new Error(`run ${first.id}: ${first.message}`)
        if (runs === undefined) return 'not watched on this system'
        return runs.sealed === 0 ? 'all sealed' : `${runs.sealed} sealed now, whose wrapper was killed`
      },
      nextStep: 'sallyport train list names them',
    },
    {
      name: 'disk',
      look: async () => {
        const free = await house.freeBytes()
        if (free >= LOW_DISK_BYTES) return `${Math.floor(free / GIB)} GiB free`
        throw new Error(`only ${(free / GIB).toFixed(1)} GiB are free beneath ${house.home}`)
      },
      nextStep: 'make room, or set SALLYPORT_HOME to another disk',
    },
    {
      name: 'trust root',
      look: async () => {
        const { source, at } = await house.trustRoot()
        const days = Math.floor((house.now().getTime() - at.getTime()) / DAY_MS)
        if (days <= OLD_TRUST_DAYS) return source
        return { warning: `${source} is ${days} days old: signatures in newer logs may not verify with it` }
      },
      nextStep: 'sallyport trust update, or a newer version of sallyport',
    },
  ])
}

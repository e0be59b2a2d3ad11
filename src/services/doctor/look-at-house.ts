import { type Check, runChecks } from './run-checks.ts'

/** Bytes. Room for one ordinary checkpoint; below it an import is likely to fail half way. */
const LOW_DISK_BYTES = 5 * 2 ** 30
const GIB = 2 ** 30

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
      name: 'disk',
      look: async () => {
        const free = await house.freeBytes()
        if (free >= LOW_DISK_BYTES) return `${Math.floor(free / GIB)} GiB free`
        throw new Error(`only ${(free / GIB).toFixed(1)} GiB are free beneath ${house.home}`)
      },
      nextStep: 'make room, or set SALLYPORT_HOME to another disk',
    },
  ])
}

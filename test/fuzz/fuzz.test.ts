import { expect, test } from 'vitest'
import { fuzz, TARGETS } from './targets.ts'

/** Inputs for each parser, fewer where one costs milliseconds; ten times as many with SALLYPORT_FULL=1. */
const INPUTS = process.env.SALLYPORT_FULL === '1' ? 10_000 : 1_000

test.for(TARGETS.map((target) => [target.name, target] as const))(
  `${INPUTS} seeded inputs raise nothing in %s`,
  { timeout: 120_000 },
  async ([, target]) => {
    const wanted = INPUTS * (target.share ?? 1)
    const { inputs, failures } = await fuzz(target, wanted, 20_261_121)
    expect(inputs).toBe(wanted)
    expect(failures).toEqual([])
  },
)

test('the fuzzer sees a parser that throws', async () => {
  const seeds = [new Uint8Array([1])]
  const broken = { name: 'broken', seeds, run: () => Promise.reject(new Error('boom')) }
  expect((await fuzz(broken, 10, 1)).failures).toHaveLength(10)
})

import { expect, test } from 'vitest'
import { fuzz, TARGETS } from './targets.ts'

test.for(TARGETS.map((target) => [target.name, target] as const))(
  '10,000 seeded inputs raise nothing in %s',
  { timeout: 120_000 },
  async ([, target]) => {
    const { inputs, failures } = await fuzz(target, 10_000, 20_261_121)
    expect(inputs).toBe(10_000)
    expect(failures).toEqual([])
  },
)

test('the fuzzer sees a parser that throws', async () => {
  const seeds = [new Uint8Array([1])]
  const broken = { name: 'broken', seeds, run: () => Promise.reject(new Error('boom')) }
  expect((await fuzz(broken, 10, 1)).failures).toHaveLength(10)
})

import { expect, test } from 'vitest'
import { makeRandom } from '../../../test/fuzz/mutate.ts'
import { recognisersOfPickle } from './pickle-recognisers.ts'
import { MODEL_RULES } from './rules.ts'
import { HEAD_BYTES } from './walker.ts'
import { WALKERS } from './walkers.ts'

const asked = new Set(recognisersOfPickle('a.pkl'))
const others = WALKERS.filter((walker) => !asked.has(walker))

test('every recogniser is asked about a file whose name may mean another format', () => {
  for (const name of ['saved_model.pb', 'group1-shard1of2.bin', 'trees/t00_000.bin', 'part-00000', 'a'])
    expect(recognisersOfPickle(name)).toBe(WALKERS)
})

test('those that are not asked say no to whatever begins as a pickle does', () => {
  const examples = MODEL_RULES.flatMap(({ examples: { fires, silent } }) => [...fires, ...silent])
  const random = makeRandom(5)
  const names = examples.map(({ name }) => name)
  for (let i = 0; i < 20_000; i++) {
    const example = examples[i % examples.length]
    const head = Buffer.from((example?.bytes ?? Buffer.alloc(64)).subarray(0, HEAD_BYTES))
    const at = i % 3 === 0 ? 0 : 2
    const bytes = Buffer.concat([Buffer.from([0x80, 2 + (i % 4)]), head.subarray(at)])
    for (let k = 0; k < 4; k++) bytes[2 + random(30)] = random(256)
    const ending = ['pkl', 'pickle', 'joblib', 'PKL', 'sav', 'pk'][i % 6]
    const name = `${names[random(names.length)]}.${ending}`
    const sight = { head: bytes, name, sizeBytes: bytes.length + (i % 2) * 100_000 }
    for (const { format, recognizes } of others) expect(recognizes(sight), `${format} ${name}`).toBe(false)
  }
})

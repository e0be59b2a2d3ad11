import { someone } from '../e2e/open-room.ts'
import { ONE_PERSON, openTestQueue } from './open-queue.ts'

// A queue in a process of its own, for a test that kills it: says what was durable before it says so, until it is killed.
const [home = '', round = '0'] = process.argv.slice(2)
const house = await openTestQueue({ home, policy: ONE_PERSON, channels: ['webhook'] })
for (let i = 0; ; i += 1) {
  const name = `org/model-${round}-${i}`
  const digest = await house.bringIn(name)
  await house.ask(digest, `asker-${i}`)
  process.stdout.write(`opened ${digest} asker-${i}\n`)
  await house.queue.take(digest, {}, someone('cy'))
  process.stdout.write(`taken ${digest}\n`)
  await house.queue.reject(digest, { note: 'no' }, someone('cy'))
  process.stdout.write(`rejected ${digest}\n`)
}

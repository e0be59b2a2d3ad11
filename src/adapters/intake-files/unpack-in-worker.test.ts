import { expect, test } from 'vitest'
import { unpackInWorker } from './unpack-in-worker.ts'

async function unpackBy(code: string): Promise<void> {
  const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(code)}`)
  for await (const _ of unpackInWorker({ workerUrl, timeoutMs: 400 }, 'a.tar', 'tar')) {
    // Nothing is read: what is tested ends before, or passes over it.
  }
}

test.for([
  ['hangs', 'for (;;) {}', /longer than 400 ms/],
  ['answers nothing', 'setInterval(() => {}, 1000)', /longer than 400 ms/],
  ['throws', 'throw new Error("broken")', /failed: broken/],
  ['ends', 'process.exit(0)', /ended the thread/],
] as const)('a thread that %s is refused, and its parent lives', async ([, code, why]) => {
  await expect(unpackBy(code)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringMatching(why),
  })
})

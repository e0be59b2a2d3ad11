import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runDropped, runPickle } from '../../src/formats/pickle/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'
import { makeRandom, mutate } from './mutate.ts'
import { pickleSoup } from './pickle-soup.ts'

const PYTHON = 'python3'
const COUNT = 6000

interface Seen {
  readonly end: string
  readonly seen: readonly (readonly [string, string, string, string])[]
}

/** What two unpicklers of CPython ask for: the one in C, and the one in Python that joblib and dill build on. */
function askPython(streams: readonly Uint8Array[]): readonly (readonly Seen[])[] | undefined {
  const input = Buffer.concat(
    streams.flatMap((bytes) => {
      const head = Buffer.alloc(4)
      head.writeUInt32LE(bytes.length)
      return [head, bytes]
    }),
  )
  const script = new URL('./record-imports.py', import.meta.url).pathname
  const run = spawnSync(PYTHON, [script], { input, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.error !== undefined && 'code' in run.error && run.error.code === 'ENOENT') return undefined
  expect(run.error).toBeUndefined()
  expect(run.status, run.stderr).toBe(0)
  const lines: unknown[] = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return lines as readonly (readonly Seen[])[]
}

async function ourImports(
  bytes: Uint8Array,
): Promise<{ names: Set<string>; end: string; reason?: string | undefined }> {
  const names = new Set<string>()
  const options: Parameters<typeof runPickle>[1] = {
    steps: { left: 100_000 },
    arrays: 'opcodes',
    sink: (event) => {
      if (event.kind === 'global') names.add(`${event.module}\0${event.name}`)
      if (event.kind === 'unresolved') names.add('*')
    },
  }
  const source = sourceOfBytes(bytes)
  const run = await runPickle(source, options)
  if (run.crossing !== undefined) await runDropped(source, options, run.crossing)
  return { names, end: run.crossing === undefined ? run.end : 'stop', reason: run.reason }
}

test('every import that CPython makes of a random stream is one that we report', async (context) => {
  const random = makeRandom(20_260)
  const streams = Array.from({ length: COUNT }, (_, i) => {
    const soup = pickleSoup(random)
    return i % 4 === 3 ? mutate(soup, random) : soup
  })
  const asked = askPython(streams)
  if (asked === undefined) {
    if (process.env.SALLYPORT_REQUIRE === '1') expect.fail(`${PYTHON} is absent`)
    return context.skip(`${PYTHON} is absent`)
  }
  const missed: unknown[] = []
  let imports = 0
  for (const [i, bytes] of streams.entries()) {
    const ours = await ourImports(bytes)
    for (const seen of asked[i] ?? []) {
      imports += seen.seen.length
      const unseen = seen.seen.filter(
        ([module, name, modern, modernName]) =>
          module !== '' &&
          !ours.names.has(`${module}\0${name}`) &&
          !ours.names.has(`${modern}\0${modernName}`) &&
          !ours.names.has('*'),
      )
      const isCut = seen.end === 'stop' && ours.end !== 'stop' && !ours.reason?.includes('a FRAME')
      if (unseen.length > 0 || isCut)
        missed.push({
          hex: Buffer.from(bytes).toString('latin1'),
          unseen,
          end: [seen.end, ours.end, ours.reason],
        })
    }
  }
  expect(missed.slice(0, 5), `${missed.length} streams`).toEqual([])
  // The streams must be good enough to say something.
  expect(imports).toBeGreaterThan(COUNT / 2)
})

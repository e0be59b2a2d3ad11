import { assessFile, MODEL_RULES } from '../../src/assessors/model/index.ts'
import { readGguf } from '../../src/formats/gguf/index.ts'
import { foldJinja, readJinja } from '../../src/formats/jinja/index.ts'
import { runPickle, writePython } from '../../src/formats/pickle/index.ts'
import { readSafetensors } from '../../src/formats/safetensors/index.ts'
import { readYaml } from '../../src/formats/yaml/index.ts'
import { findZipTail, packedMember, readZip } from '../../src/formats/zip/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'
import { CONTAINER_TARGETS } from './container-targets.ts'
import { DEPENDENCY_TARGETS } from './dependency-targets.ts'
import { GRAPH_TARGETS } from './graph-targets.ts'
import { KERAS_TARGETS } from './keras-targets.ts'
import { LINEAGE_TARGETS } from './lineage-targets.ts'
import { makeRandom, mutate } from './mutate.ts'
import { mutateZip } from './mutate-zip.ts'
import { OMS_TARGETS } from './oms-targets.ts'
import { pickleSoup } from './pickle-soup.ts'
import { REPOSITORY_TARGETS } from './repository-targets.ts'
import { SIGSTORE_TARGETS } from './sigstore-targets.ts'
import { TABULAR_TARGETS } from './tabular-targets.ts'
import { TIMESTAMP_TARGETS } from './timestamp-targets.ts'
import { TRAINING_TARGETS } from './training-targets.ts'

/** One parser to be fuzzed: it may say anything of any bytes, but never throw. */
export interface Target {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  readonly run: (bytes: Uint8Array) => Promise<unknown>
  /** Makes an input from a seed; bytes are changed at random when not given. */
  readonly change?: (seed: Uint8Array, random: (below: number) => number) => Uint8Array
  /** Part of the inputs that others get, for a parser whose every input costs milliseconds. */
  readonly share?: number
}

const examples = MODEL_RULES.flatMap((rule) => [...rule.examples.fires, ...rule.examples.silent])
const seedsOf = (...endings: string[]) =>
  examples
    .filter(({ name, bytes }) => endings.some((end) => name.endsWith(end)) && bytes.length < 20_000)
    .map(({ bytes }) => bytes)

async function fuzzPickle(bytes: Uint8Array): Promise<void> {
  await runPickle(sourceOfBytes(bytes), {
    steps: { left: 200_000 },
    sink: (event, trail) => {
      if (event.kind === 'call') writePython(event.call)
      trail()
    },
  })
}

async function fuzzZip(bytes: Uint8Array): Promise<void> {
  const source = sourceOfBytes(bytes)
  const view = await readZip(source)
  for (const member of view?.members.slice(0, 4) ?? []) if (view !== undefined) packedMember(view, member)
  await findZipTail(source)
}

export const TARGETS: readonly Target[] = [
  { name: 'pickle', seeds: seedsOf('.pkl'), run: fuzzPickle },
  { name: 'zip', seeds: seedsOf('.zip'), run: fuzzZip, change: mutateZip },
  ...CONTAINER_TARGETS(seedsOf),
  ...KERAS_TARGETS(seedsOf),
  ...GRAPH_TARGETS(seedsOf),
  ...REPOSITORY_TARGETS(seedsOf),
  ...TABULAR_TARGETS(seedsOf),
  ...LINEAGE_TARGETS,
  ...DEPENDENCY_TARGETS,
  ...SIGSTORE_TARGETS,
  ...OMS_TARGETS,
  ...TIMESTAMP_TARGETS,
  ...TRAINING_TARGETS,
  {
    name: 'safetensors',
    seeds: seedsOf('.safetensors'),
    run: (bytes) => readSafetensors(sourceOfBytes(bytes)),
  },
  { name: 'gguf', seeds: seedsOf('.gguf'), run: (bytes) => readGguf(sourceOfBytes(bytes)) },
  {
    name: 'jinja',
    seeds: seedsOf('.jinja'),
    run: async (bytes) => foldJinja(readJinja(Buffer.from(bytes).toString('utf8'))),
  },
  {
    name: 'yaml',
    seeds: seedsOf('.yaml', '.yml'),
    run: (bytes) => readYaml(Buffer.from(bytes).toString('utf8')),
  },
  {
    name: 'secret',
    seeds: MODEL_RULES.filter(({ id }) => id.startsWith('secret/'))
      .flatMap(({ examples: { fires, silent } }) => [...fires, ...silent])
      .map(({ bytes }) => bytes),
    run: (bytes) => assessFile('fuzz.json', sourceOfBytes(bytes)),
  },
  {
    name: 'assessor',
    seeds: examples.filter(({ bytes }) => bytes.length < 20_000).map(({ bytes }) => bytes),
    run: (bytes) => assessFile('fuzz.bin', sourceOfBytes(bytes)),
  },
]

export interface FuzzResult {
  readonly inputs: number
  readonly slowestMs: number
  /** Inputs that raised something, or took over a second, in hex. */
  readonly failures: readonly { readonly input: string; readonly why: string }[]
}

/** Milliseconds that no input may take. */
const MAX_MS = 1000

/** Runs `count` seeded inputs through a parser. */
export async function fuzz(target: Target, count: number, seed: number): Promise<FuzzResult> {
  const random = makeRandom(seed)
  const failures: { input: string; why: string }[] = []
  let slowestMs = 0
  for (let i = 0; i < count; i++) {
    const base = target.seeds[random(target.seeds.length)] ?? new Uint8Array(0)
    const bytes =
      target.name === 'pickle' && random(2) === 0
        ? pickleSoup(random)
        : (target.change ?? mutate)(base, random)
    const start = performance.now()
    let why: string | undefined
    try {
      await target.run(bytes)
    } catch (error) {
      why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    }
    const tookMs = performance.now() - start
    slowestMs = Math.max(slowestMs, tookMs)
    if (tookMs > MAX_MS) why ??= `it took ${Math.round(tookMs)} ms`
    if (why !== undefined && failures.length < 20)
      failures.push({ input: Buffer.from(bytes).toString('hex'), why })
  }
  return { inputs: count, slowestMs, failures }
}

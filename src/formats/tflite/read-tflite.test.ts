import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { looksLikeTflite, readTflite } from './index.ts'

const FLATC = '/usr/bin/flatc'

const MODEL = {
  version: 3,
  operator_codes: [
    { deprecated_builtin_code: 3, builtin_code: 3 },
    { deprecated_builtin_code: 32, builtin_code: 32, custom_code: 'FlexErf' },
    { deprecated_builtin_code: 32, custom_code: 'TFLite_Detection_PostProcess' },
  ],
  subgraphs: [
    {
      tensors: [
        { shape: [1, 4], buffer: 1, name: 'input' },
        { shape: [1, 4], buffer: 0, name: 'output' },
      ],
      inputs: [0],
      outputs: [1],
      operators: [
        { opcode_index: 0, inputs: [0, -1], outputs: [1] },
        {
          opcode_index: 1,
          inputs: [0],
          outputs: [1],
          custom_options: [...Buffer.from('\x05Erf\x00\x12\x03Erf')],
        },
      ],
      name: 'main',
    },
  ],
  description: 'MLIR Converted.',
  buffers: [{}, { data: [1, 2, 3] }],
  metadata: [{ name: 'min_runtime_version', buffer: 1 }],
}

/** A model by Google's own writer and a transcription of the schema. */
function write(model: unknown): Uint8Array | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tflite-'))
  try {
    const schema = new URL('./fixtures/model.fbs', import.meta.url).pathname
    const input = join(folder, 'model.json')
    writeFileSync(input, JSON.stringify(model))
    const done = spawnSync(FLATC, ['-b', '-o', folder, schema, input])
    if (done.error !== undefined) return undefined
    if (done.status !== 0) throw new Error(done.stdout.toString() + done.stderr.toString())
    return new Uint8Array(readFileSync(join(folder, 'model.bin')))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const written = write(MODEL)
const bytes = written ?? new Uint8Array(0)
const real = test.skipIf(written === undefined && process.env.SALLYPORT_REQUIRE !== '1')

real('flatc is there', () => {
  expect(written).toBeDefined()
})

real('a model that flatc wrote is read', async () => {
  expect(looksLikeTflite(bytes)).toBe(true)
  expect(await readTflite(sourceOfBytes(bytes))).toMatchObject({
    version: 3,
    description: 'MLIR Converted.',
    builtinCodes: [3],
    customOps: [
      { name: 'FlexErf', uses: 1, texts: ['Erf', 'Erf'] },
      { name: 'TFLite_Detection_PostProcess', uses: 0 },
    ],
    metadata: ['min_runtime_version'],
    problems: [],
    isCut: false,
  })
})

real.for([
  ['a code that is not there', { operators: [{ opcode_index: 9 }] }],
  ['a tensor that is not there', { operators: [{ opcode_index: 0, inputs: [5] }] }],
  ['a buffer that is not there', { tensors: [{ buffer: 77 }], inputs: [], outputs: [] }],
] as const)('%s is a problem', async ([, change]) => {
  const model = write({ ...MODEL, subgraphs: [{ ...MODEL.subgraphs[0], ...change }] })
  const view = await readTflite(sourceOfBytes(model ?? bytes))
  expect(view.problems.length).toBeGreaterThan(0)
})

real('cut anywhere, it says so', async () => {
  for (let end = 8; end < bytes.length - 4; end += 3) {
    const view = await readTflite(sourceOfBytes(bytes.subarray(0, end)))
    expect([end, view.isCut]).toEqual([end, true])
  }
})

real('no change of a model makes it throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 20 }),
      async (changes) => {
        const changed = Buffer.from(bytes)
        for (const [at, value] of changes) changed[at % changed.length] = value
        await readTflite(sourceOfBytes(changed))
      },
    ),
    { numRuns: 500 },
  )
})

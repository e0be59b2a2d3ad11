import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareInThread, convertInThread } from '../../src/adapters/weights-thread/index.ts'
import { digestOfBytes, hexOfDigest } from '../../src/ground/domain/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'
import { convertFiles, type NewFiles } from '../../src/services/convert/index.ts'
import { legacyTorch, pickled } from '../dev/torch-file.ts'
import { modelOf } from './open-models.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-convert-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const workerUrl = new URL('../../src/weights-worker.ts', import.meta.url)
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import torch']).status === 0,
)

/** A safetensors file by the format's description, read by no code of the product. */
function readPlainly(bytes: Buffer) {
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >
  const { __metadata__: metadata, ...tensors } = header
  const data = bytes.subarray(8 + length)
  const ends = Object.values(tensors).sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )
  // They tile the data from its start to its end, and the data are aligned.
  expect((8 + length) % 8).toBe(0)
  expect(ends.reduce((at, { data_offsets: [begin, end] }) => (begin === at ? end : -1), 0)).toBe(data.length)
  const seen = Object.entries(tensors).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ]) => [name, [dtype, shape, createHash('sha256').update(data.subarray(begin, end)).digest('hex')]],
  )
  return {
    metadata: metadata as unknown as Record<string, string>,
    tensors: Object.fromEntries(seen) as Record<string, unknown>,
  }
}

/** New files in memory. */
function memory(): NewFiles & { readonly files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>()
  return {
    files,
    write: async (name, chunks) => {
      const pieces: Uint8Array[] = []
      for await (const chunk of chunks) pieces.push(chunk)
      files.set(name, Buffer.concat(pieces))
    },
    read: (name, use) => use(sourceOfBytes(files.get(name) ?? new Uint8Array())),
  }
}

const dict = {
  a: { values: [1, 2, 3, 4, 5, 6], shape: [2, 3] },
  t: { values: [], shape: [3, 2], strides: [1, 3], sharedWith: 'a' },
}

describe.skipIf(python === undefined)('checkpoints that PyTorch wrote', () => {
  const written = join(folder, 'written')
  beforeAll(() => {
    mkdirSync(written)
    execFileSync(python ?? '', [join(import.meta.dirname, 'write-checkpoints.py'), written])
  }, 120_000)

  test('every tensor of every file is bit for bit what torch.load gives', { timeout: 120_000 }, async () => {
    const names = readdirSync(written).filter((name) => !name.endsWith('.json'))
    expect(names).toHaveLength(20)
    for (const name of names) {
      const bytes = readFileSync(join(written, name))
      const into = memory()
      const request = name.endsWith('.ckpt') ? { key: 'state_dict' } : {}
      await convertFiles(modelOf({ [name]: bytes }), request, into)
      const [file = Buffer.alloc(0)] = into.files.values()
      const expected: Record<string, unknown> = JSON.parse(
        readFileSync(join(written, `${name}.json`), 'utf8'),
      )
      const { tensors, metadata } = readPlainly(file)
      expect(tensors, name).toEqual(expected)
      expect(metadata).toMatchObject({
        format: 'pt',
        'sallyport.from': `sha256:${hexOfDigest(digestOfBytes(bytes))}`,
      })
    }
  })
})

test('tied weights are written each for itself, and the file says which were one', async () => {
  const into = memory()
  const { files } = await convertFiles(modelOf({ 'pytorch_model.bin': legacyTorch(dict) }), {}, into)
  expect(files).toMatchObject([
    { from: 'pytorch_model.bin', to: 'model.safetensors', tensors: 2, shared: [['a', 't']], dropped: [] },
  ])
  const { tensors, metadata } = readPlainly(into.files.get('model.safetensors') ?? Buffer.alloc(0))
  const sha256 = (values: readonly number[]) =>
    createHash('sha256')
      .update(Buffer.from(Float32Array.from(values).buffer))
      .digest('hex')
  expect(tensors).toEqual({
    a: ['F32', [2, 3], sha256([1, 2, 3, 4, 5, 6])],
    t: ['F32', [3, 2], sha256([1, 4, 2, 5, 3, 6])],
  })
  expect(JSON.parse(metadata['sallyport.shared'] ?? '')).toEqual([['a', 't']])
})

test('shards keep their index, and it names the new files', async () => {
  const shard = (name: string) => legacyTorch({ [name]: { values: [1], shape: [1] } })
  const index = JSON.stringify({
    weight_map: { a: 'pytorch_model-00001-of-00002.bin', b: 'pytorch_model-00002-of-00002.bin' },
  })
  const files = {
    'pytorch_model-00001-of-00002.bin': shard('a'),
    'pytorch_model-00002-of-00002.bin': shard('b'),
    'pytorch_model.bin.index.json': index,
    'config.json': '{}',
  }
  const into = memory()
  const { kept } = await convertFiles(modelOf(files), {}, into)
  expect(kept).toEqual(['config.json'])
  expect(JSON.parse(into.files.get('model.safetensors.index.json')?.toString() ?? '')).toEqual({
    metadata: { total_size: 8 },
    weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
  })
  expect([...into.files.keys()].toSorted()).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
  ])
  const { 'pytorch_model-00002-of-00002.bin': _, ...missing } = files
  await expect(convertFiles(modelOf(missing), {}, undefined)).rejects.toThrow(
    'names shards that are not there',
  )
})

const { op, global, text, tuple, int } = pickled
const REFUSED: readonly (readonly [string, Uint8Array, RegExp])[] = [
  [
    'a program',
    Buffer.concat([global('os', 'system'), tuple(text('id')), op('R')]),
    /at offset \d+ its pickle imports (?:os|posix)\.system/,
  ],
  [
    'a class of nobody',
    Buffer.concat([global('my.module', 'Thing'), op(')\x81')]),
    /imports my\.module\.Thing/,
  ],
  ['an import that is never called', global('builtins', 'eval'), /imports builtins\.eval/],
  [
    'a method that is planted',
    Buffer.concat([global('torch._utils', '_rebuild_parameter'), op(')R}'), text('__setstate__'), op('Nsb')]),
    /sets the state of an object/,
  ],
  [
    'a call of what is no function',
    Buffer.concat([text('x'), op(')R')]),
    /calls something that it made itself/,
  ],
  [
    'an attribute by name',
    Buffer.concat([global('builtins', 'getattr'), tuple(text('a'), text('b')), op('R')]),
    /imports builtins\.getattr/,
  ],
  ['an extension', op('\x82\x07'), /uses extension 7 of copyreg/],
  [
    'a number without --drop-other',
    int(7),
    /what is no tensor: extra \(7\)\. Leave that out with --drop-other/,
  ],
]

test.for(REFUSED)('a checkpoint with %s is refused, with what and where', async ([, value, why]) => {
  const model = modelOf({ 'pytorch_model.bin': legacyTorch(dict, { value }) })
  const into = memory()
  const refusal = convertFiles(model, {}, into)
  await expect(refusal).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(why) })
  expect(into.files.size).toBe(0)
})

test('what is no tensor is left out when that is asked for, and listed; what is called is refused all the same', async () => {
  const { files } = await convertFiles(
    modelOf({ 'm.bin': legacyTorch(dict, { value: int(7) }) }),
    { dropOther: true },
    memory(),
  )
  expect(files[0]?.dropped).toEqual(['extra (7)'])
  const evil = legacyTorch(dict, {
    value: Buffer.concat([global('os', 'system'), tuple(text('id')), op('R')]),
  })
  await expect(convertFiles(modelOf({ 'm.bin': evil }), { dropOther: true }, memory())).rejects.toThrow(
    /imports/,
  )
})

test('a wrapped state dict needs --key, and the refusal names the keys', async () => {
  const model = modelOf({ 'm.ckpt': legacyTorch(dict, { wrap: 'state_dict' }) })
  await expect(convertFiles(model, {}, memory())).rejects.toThrow('--key: state_dict (2 tensors)')
  await expect(convertFiles(model, { key: 'model' }, memory())).rejects.toThrow(
    'there are: state_dict (2 tensors)',
  )
  expect((await convertFiles(model, { key: 'state_dict' }, memory())).files[0]?.tensors).toBe(2)
})

test.for([
  ['a tensor beyond its storage', { a: { values: [1, 2], shape: [3] } }, /beyond its storage/],
  [
    'a storage that is seen very often',
    { a: { values: [1], shape: [1 << 30], strides: [0] } },
    /one storage seen many times/,
  ],
  ['a size that overflows', { a: { values: [1], shape: [1 << 30, 1 << 30], strides: [0, 0] } }, /overflows/],
  [
    'a storage that is not there',
    { a: { values: [1], shape: [1], sharedWith: 'b' } },
    /is not there|cannot be found/,
  ],
] as const)('%s is refused', async ([, tensors, why]) => {
  await expect(convertFiles(modelOf({ 'm.bin': legacyTorch(tensors) }), {}, undefined)).rejects.toThrow(why)
})

test('pickles of another sort, names that are taken, and models without weights are refused with what to do', async () => {
  const weights = legacyTorch(dict)
  const args = Buffer.from('\x80\x02}.', 'latin1')
  const both = modelOf({ 'pytorch_model.bin': weights, 'training_args.bin': args })
  await expect(convertFiles(both, {}, undefined)).rejects.toThrow('--without training_args.bin')
  expect((await convertFiles(both, { without: ['training_args.bin'] }, undefined)).kept).toEqual([])
  await expect(convertFiles(both, { without: ['nothing.bin'] }, undefined)).rejects.toThrow(
    'no file "nothing.bin"',
  )
  const taken = modelOf({ 'pytorch_model.bin': weights, 'model.safetensors': 'x' })
  await expect(convertFiles(taken, {}, undefined)).rejects.toThrow('model.safetensors is there already')
  await expect(convertFiles(modelOf({ 'm.pt': weights, 'm.bin': weights }), {}, undefined)).rejects.toThrow(
    'both become m.safetensors',
  )
  await expect(convertFiles(modelOf({ 'a.txt': 'x' }), {}, undefined)).rejects.toThrow(
    'nothing is to be converted',
  )
})

test('whatever byte of a checkpoint is changed or cut: it is refused, or the new file is whole', async () => {
  const file = Buffer.from(legacyTorch(dict))
  await fc.assert(
    fc.asyncProperty(
      fc.nat(file.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, by, isCut) => {
        const other = Buffer.from(isCut ? file.subarray(0, at) : file)
        if (!isCut) other[at] = (other[at] ?? 0) ^ by
        const into = memory()
        const outcome = await convertFiles(modelOf({ 'm.bin': other }), {}, into).catch(
          (error: { code?: string }) => error.code,
        )
        if (typeof outcome === 'string') expect(outcome).toBe('BAD_INPUT')
        else readPlainly([...into.files.values()][0] ?? Buffer.alloc(0))
      },
    ),
    { numRuns: 1000 },
  )
})

describe('in a thread', () => {
  const placed = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return { name, path, size: bytes.length, sha256: hexOfDigest(digestOfBytes(bytes)) }
  }

  test('files are written into the folder, and a refusal keeps its code and words', async () => {
    const into = join(folder, 'into')
    mkdirSync(into)
    const converter = convertInThread({ workerUrl })
    await converter.convert({ files: [placed('pytorch_model.bin', legacyTorch(dict))] }, {}, into)
    expect(Object.keys(readPlainly(readFileSync(join(into, 'model.safetensors'))).tensors)).toEqual([
      'a',
      't',
    ])
    const refused = converter.convert(
      { files: [placed('m.ckpt', legacyTorch(dict, { wrap: 'x' }))] },
      {},
      into,
    )
    await expect(refused).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('--key'),
    })
    expect(readdirSync(into)).toEqual(['model.safetensors'])
    const again = converter.convert({ files: [placed('pytorch_model.bin', legacyTorch(dict))] }, {}, into)
    await expect(again).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })

  test.for([
    ['hangs', 'for (;;) {}', /took longer than 300 ms/, 200],
    ['throws', 'throw new Error("broken")', /failed: broken/, 60_000],
    ['ends', 'process.exit(0)', /ended/, 60_000],
  ] as const)(
    'one that %s is ended: the files are compared by their digests, the rest is said to be missing',
    async ([, code, why, timeMs]) => {
      const hanging = new URL(`data:text/javascript,${encodeURIComponent(code)}`)
      const { digest, name } = modelOf({ a: '1' })
      const model = (bytes: string) => ({ digest, name, files: [placed('a.bin', Buffer.from(bytes))] })
      const found = await compareInThread({ workerUrl: hanging, timeMs, graceMs: 100 }).compare(
        model('1'),
        model('2'),
      )
      expect(found.files).toMatchObject([{ path: 'a.bin', change: 'changed' }])
      expect(found.tensors.notCompared).toMatchObject([{ path: '*', reason: expect.stringMatching(why) }])
      await expect(
        convertInThread({ workerUrl: hanging, timeMs }).convert(model('1'), {}),
      ).rejects.toMatchObject({ code: 'BAD_INPUT' })
    },
  )
  test('the process that asks is not held up', async () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024)
    const big = (value: number) => {
      bytes.fill(value)
      const json = Buffer.from(
        JSON.stringify({ a: { dtype: 'F32', shape: [bytes.length / 4], data_offsets: [0, bytes.length] } }),
      )
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(json.length))
      return placed(`big-${value}.safetensors`, Buffer.concat([length, json, bytes]))
    }
    const { digest } = modelOf({ a: '1' })
    const [before, after] = [
      { digest, name: 'a', files: [big(1)] },
      { digest, name: 'b', files: [big(2)] },
    ]
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    const found = await compareInThread({ workerUrl })
      .compare(before, after)
      .finally(() => clearInterval(timer))
    expect(found.tensors.changed).toHaveLength(1)
    // A loop that was held for the whole comparison would have turned once or twice.
    expect(turns).toBeGreaterThan(20)
  })
})

test('nothing of what is written stays when a conversion of a path is refused', () => {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const path = join(folder, 'evil.bin')
  writeFileSync(
    path,
    legacyTorch(dict, {
      value: Buffer.concat([global('os', 'system'), tuple(text(`touch ${join(folder, 'ran')}`)), op('R')]),
    }),
  )
  const out = join(folder, 'out')
  const { status, stderr } = spawnSync(process.execPath, [main, 'convert', path, '--out', out], {
    encoding: 'utf8',
  })
  expect(stderr).toMatch(/its pickle imports (?:os|posix)\.system/)
  expect(status).toBe(3)
  expect(existsSync(join(folder, 'ran'))).toBe(false)
  expect(readdirSync(folder).filter((name) => name.startsWith('out'))).toEqual([])
})

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { type GraphForm, readBundleIndex, readTensorflow, readTextGraph } from './index.ts'

const PROTOC = '/usr/bin/protoc'
const folder = new URL('./fixtures/', import.meta.url).pathname
const text = readFileSync(`${folder}saved-model.pbtxt`, 'utf8')

/** The text as bytes, by Google's own encoder and a transcription of the schema. */
function encode(message: string, input: string): Uint8Array | undefined {
  const done = spawnSync(PROTOC, [`--encode=${message}`, `-I${folder}`, `${folder}graph.proto`], {
    input,
    maxBuffer: 2 ** 26,
  })
  if (done.error !== undefined) return undefined
  if (done.status !== 0) throw new Error(done.stderr.toString())
  return new Uint8Array(done.stdout)
}

const encoded = encode('SavedModel', text)
const real = test.skipIf(encoded === undefined && process.env.SALLYPORT_REQUIRE !== '1')
const bytes = encoded ?? new Uint8Array(0)

real('protoc is there', () => {
  expect(encoded).toBeDefined()
})

real('bytes and text of one model read alike', async () => {
  const view = await readTensorflow(sourceOfBytes(bytes), 'saved-model')
  const bare = (bodies: NonNullable<typeof view>['bodies'] | undefined) =>
    bodies?.map(({ function: name, nodes }) => ({
      name,
      nodes: nodes.map(({ name: node, op, inputs, texts }) => ({
        node,
        op,
        inputs,
        texts: texts.map((one) => one.text),
      })),
    }))
  const fromText = readTextGraph(text)
  expect(bare(view?.bodies)).toEqual(bare(fromText?.bodies.filter(({ nodes }) => nodes.length > 0)))
  expect([view?.assets, view?.problems]).toEqual([fromText?.assets, []])
})

real('functions, constants, assets and Keras metadata are read', async () => {
  const view = await readTensorflow(sourceOfBytes(bytes), 'saved-model')
  const nodes = view?.bodies.flatMap((body) => body.nodes) ?? []
  expect(view?.bodies.map((body) => body.function)).toEqual(['', '__inference_serve_12'])
  expect(nodes.map(({ op }) => op)).toContain('BiasAdd')
  expect(nodes.find(({ name }) => name === 'names')?.texts.map((one) => one.text)).toContain(
    '_CHECKPOINTABLE_OBJECT_GRAPH',
  )
  expect(nodes.find(({ name }) => name === 'cond')?.texts.map((one) => one.text)).toEqual(['deep'])
  expect(nodes.find(({ name }) => name === 'save')?.inputs).toEqual(['saver_filename', 'names', 'weights'])
  expect(view?.assets).toEqual([{ filename: 'vocab.txt', tensor: 'asset' }])
  expect(view?.kerasTexts).toEqual(['{"class_name": "Sequential", "config": {}}'])
})

real('a node of many bytes is read without its weights', async () => {
  const weights = `node { name: "w" op: "Const" attr { key: "value" value { tensor { dtype: 1 tensor_content: "${'x'.repeat(3_000_000)}" } } } }`
  const graph =
    encode('GraphDef', `${weights} node { name: "r" op: "ReadFile" input: "w" }`) ?? new Uint8Array(0)
  const view = await readTensorflow(sourceOfBytes(graph), 'graph-def')
  expect(view?.bodies[0]?.nodes.map(({ op }) => op)).toEqual(['Const', 'ReadFile'])
  expect(view?.readBytes).toBeLessThan(1_000_000)
})

const FORMS: readonly GraphForm[] = ['saved-model', 'meta-graph', 'graph-def', 'keras-metadata']

real('cut anywhere, it says so or is no graph', async () => {
  for (let end = 0; end < bytes.length; end += 7) {
    const view = await readTensorflow(sourceOfBytes(bytes.subarray(0, end)), 'saved-model')
    if (view !== undefined) expect(view.problems.length).toBeGreaterThan(0)
  }
})

test('functions in functions in functions end', async () => {
  let value: Buffer = Buffer.alloc(0)
  const field = (id: number, inner: Buffer): Buffer => {
    const length: number[] = []
    for (let rest = inner.length; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest)
      if (rest <= 127) break
    }
    return Buffer.concat([Buffer.from([(id << 3) | 2, ...length]), inner])
  }
  for (let i = 0; i < 5000; i++) value = field(10, field(2, field(2, value)))
  const node = field(
    1,
    Buffer.concat([field(1, Buffer.from('n')), field(2, Buffer.from('Mul')), field(5, field(2, value))]),
  )
  expect((await readTensorflow(sourceOfBytes(node), 'graph-def'))?.bodies[0]?.nodes.length).toBe(1)
})

test('no bytes make it throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...FORMS), async (noise, form) => {
      await readTensorflow(sourceOfBytes(noise), form)
      await readBundleIndex(sourceOfBytes(noise))
    }),
  )
})

test.for([
  ['escapes', 'node { name: "a" op: "\\122ead\\x46ile" }', 'ReadFile'],
  ['pieces', 'node { name: "a" op: "Read" "File" }', 'ReadFile'],
  ['single quotes and angles', "node < name: 'a' op: 'ReadFile' >", 'ReadFile'],
  ['a colon before the brace, commas, comments', 'node: { name: "a", op: "ReadFile"; } # x', 'ReadFile'],
  ['an unknown extension', '[a.b/c] { x: 1 } node { name: "a" op: "ReadFile" }', 'ReadFile'],
] as const)('text form: %s', ([, graph, op]) => {
  expect(readTextGraph(graph)?.bodies.flatMap(({ nodes }) => nodes)[0]?.op).toBe(op)
})

test.for([
  '',
  'node {',
  'hello world',
  '{"node": []}',
  'layer { type: "Python" }',
  'node { name "x" }',
  `${'a{'.repeat(200)}`,
])('text form: %s is no graph', (graph) => {
  expect(readTextGraph(graph)).toBeUndefined()
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom('node', '{', '}', '<', '>', 'op: "', '"', '\\', ':', '[', ']', '#', '\n', ' '),
      ),
      (parts) => {
        readTextGraph(parts.join(''))
      },
    ),
  )
})

/** A table of one block as BundleWriter makes it. */
function table(names: readonly string[], isPacked = false): Uint8Array {
  const block = (entries: readonly [string, Uint8Array][]): Buffer =>
    Buffer.concat([
      ...entries.map(([key, value]) =>
        Buffer.concat([Buffer.from([0, key.length, value.length]), Buffer.from(key), value]),
      ),
      Buffer.from([0, 0, 0, 0, 1, 0, 0, 0]),
    ])
  const plain = block([
    ['', Buffer.from([8, 1])],
    ...names.map((name): [string, Uint8Array] => [name, Buffer.from([8, 1])]),
  ])
  // Snappy: the length, and one literal of up to 60 bytes.
  const data = isPacked ? Buffer.concat([Buffer.from([plain.length, (plain.length - 1) << 2]), plain]) : plain
  const frame = (part: Buffer): Buffer =>
    Buffer.concat([part, Buffer.from([part === data && isPacked ? 1 : 0, 0, 0, 0, 0])])
  const meta = block([])
  const index = block([['z', Buffer.from([0, data.length])]])
  const metaAt = data.length + 5
  const indexAt = metaAt + meta.length + 5
  const handles = Buffer.concat([Buffer.from([metaAt, meta.length, indexAt, index.length]), Buffer.alloc(36)])
  const magic = Buffer.from('57fb808b247547db', 'hex')
  return Buffer.concat([frame(data), frame(meta), frame(index), handles, magic])
}

test('names of a checkpoint are read', async () => {
  const bundle = await readBundleIndex(sourceOfBytes(table(['dense/kernel', 'dense/bias'])))
  expect(bundle).toMatchObject({ names: ['dense/kernel', 'dense/bias'], reason: undefined })
})

test('names of a checkpoint whose blocks are packed are read', async () => {
  const bundle = await readBundleIndex(sourceOfBytes(table(['dense/kernel', 'dense/bias'], true)))
  expect(bundle).toMatchObject({ names: ['dense/kernel', 'dense/bias'], reason: undefined })
})

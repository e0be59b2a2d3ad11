import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { readHdf5 } from './index.ts'

const PYTHON = '/usr/bin/python3'
const isThere = spawnSync(PYTHON, ['-c', 'import h5py, tables, pandas']).status === 0
const files = isThere ? write() : new Map<string, Buffer>()

function write(): Map<string, Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'real-hdf5-'))
  try {
    const script = new URL('./fixtures/write-real-hdf5.py', import.meta.url).pathname
    const done = spawnSync(PYTHON, ['-W', 'ignore', script, folder], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(done.stderr)
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function view(name: string) {
  const bytes = files.get(name)
  const read = bytes && (await readHdf5(sourceOfBytes(bytes)))
  if (read === undefined) throw new Error(`${name} is no HDF5 file`)
  return read
}

/** Text of an attribute. */
async function attribute(name: string, path: string, key: string): Promise<string | undefined> {
  const object = (await view(name)).objects.find((one) => one.path === path)
  const value = object?.attributes.find((one) => one.name === key)?.value
  return value && Buffer.concat(value.parts).toString()
}

const VERSIONS = ['earliest', 'latest', 'earliest-v108', 'v108-v110']
const real = test.skipIf(!isThere && process.env.SALLYPORT_REQUIRE !== '1')

real('h5py, PyTables and pandas are there', () => {
  expect(isThere).toBe(true)
})

real('every file is read without a problem', async () => {
  expect(files.size).toBeGreaterThan(20)
  for (const name of files.keys()) expect([name, (await view(name)).problems]).toEqual([name, []])
})

real.for(VERSIONS)('a Keras file of library version %s: configuration, groups, weights', async (version) => {
  for (const name of [`keras-${version}.h5`, `keras-bytes-${version}.h5`]) {
    expect(JSON.parse((await attribute(name, '/', 'model_config')) ?? '')).toMatchObject({
      class_name: 'Sequential',
    })
    const { objects } = await view(name)
    const kernel = objects.find(({ path }) => path === '/model_weights/dense/dense/kernel:0')
    expect(kernel?.dataset).toMatchObject({
      shape: [4, 3],
      elementBytes: 4,
      layout: 'contiguous',
      storedBytes: 48,
    })
    const bias = objects.find(({ path }) => path === '/model_weights/dense/dense/bias:0')
    expect(bias?.dataset).toMatchObject({ layout: 'chunked', filters: [1] })
  }
})

real.for(VERSIONS)('thousands of groups and hundreds of attributes of version %s', async (version) => {
  const name = `many-${version}.h5`
  expect((await view(name)).objects.length).toBe(3001)
  expect(await attribute(name, '/group_00000', 'attribute_299')).toBe('value 299')
  expect((await attribute(name, '/group_00001', 'big'))?.length).toBeGreaterThan(50_000)
  expect((await attribute(name, '/group_00002', 'vlen'))?.length).toBe(500_000)
})

real.for(VERSIONS)('links and files outside of version %s', async (version) => {
  const { links, objects } = await view(`links-${version}.h5`)
  expect(links).toContainEqual({ kind: 'soft', path: '/soft', target: '/somewhere/else' })
  expect(links).toContainEqual({
    kind: 'external',
    path: '/out',
    target: '/etc/other.h5',
    targetPath: '/data',
  })
  const secret = objects.find(({ path }) => path === '/secret')
  expect(secret?.dataset?.externalFiles).toEqual([{ name: '/etc/passwd', offset: 0 }])
})

real.for(['earliest', 'latest', 'v108-v110'])('a virtual dataset of version %s', async (version) => {
  const [, data] = (await view(`virtual-${version}.h5`)).objects
  expect(data?.dataset?.virtualSources).toEqual(['/etc/first.h5', 'second.h5'])
})

real('a file behind a user block is found', async () => {
  expect((await view('userblock.h5')).baseOffset).toBe(1024)
})

real('a file that is cut anywhere says so', async () => {
  for (const name of ['keras-earliest.h5', 'keras-latest.h5', 'links-latest.h5']) {
    const bytes = files.get(name) ?? Buffer.alloc(0)
    for (let end = 8; end < bytes.length; end += 61) {
      const cut = await readHdf5(sourceOfBytes(bytes.subarray(0, end)))
      expect(cut?.problems.length).toBeGreaterThan(0)
    }
  }
})

real('no change of a real file makes it throw', { timeout: 60_000 }, async () => {
  const seeds = [...files.values()].filter(({ length }) => length < 50_000)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 20 }),
      async (pick, changes) => {
        const bytes = Buffer.from(seeds[pick % seeds.length] ?? [])
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        await readHdf5(sourceOfBytes(bytes))
      },
    ),
    { numRuns: 500 },
  )
})

test('other bytes are no HDF5 file', async () => {
  expect(await readHdf5(sourceOfBytes(new Uint8Array(5000)))).toBeUndefined()
})

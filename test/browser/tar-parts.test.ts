import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tarParts } from '../../web/src/pages/import/tar-parts.ts'

const PYTHON = '/usr/bin/python3'
const READ = `
import hashlib, json, sys, tarfile
with tarfile.open(sys.argv[1], "r:") as tar:
    print(json.dumps([[m.name, m.size, m.isreg(), hashlib.sha256(tar.extractfile(m).read()).hexdigest() if m.size < 10**6 else ""] for m in tar]))
`
const LIST = `
import json, sys, tarfile
with tarfile.open(sys.argv[1], "r:") as tar:
    print(json.dumps([[m.name, m.size] for m in tar]))
`

const NAMES = [
  'config.json',
  'a folder/with spaces.bin',
  `${'n'.repeat(100)}`,
  `${'deep/'.repeat(30)}weights.safetensors`,
  'gewichte-größe.bin',
  '模型/權重.safetensors',
  'emoji-🧪.txt',
  'line\nbreak=1.txt',
  // The record's length has two digits up to 99 bytes and three from there: both sides of the step, and the step.
  ...[85, 86, 87, 88, 89, 90, 91].map((length) => `ü${'x'.repeat(length)}`),
  `é${'y'.repeat(980)}`,
]
const SIZES = [0, 1, 511, 512, 513, 1024, 70_000]

describe.skipIf(!existsSync(PYTHON) && process.env.SALLYPORT_REQUIRE !== '1')(
  'a tar made here, read by Python',
  () => {
    let folder = ''
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'sallyport-tar-'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    const read = (script: string, path: string): unknown =>
      JSON.parse(execFileSync(PYTHON, ['-c', script, path], { encoding: 'utf8' }))
    const hash = async (bytes: Uint8Array<ArrayBuffer>) =>
      Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')

    test('every name and every size comes out as it went in', async () => {
      const files = NAMES.flatMap((name) => SIZES.map((size) => ({ name: `${size}/${name}`, size })))
      const bytes = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 7 + size) % 251)
      const blob = new Blob(
        tarParts(files.map(({ name, size }) => ({ name, file: new Blob([bytes(size)]) }))),
      )
      const path = join(folder, 'all.tar')
      writeFileSync(path, Buffer.from(await blob.arrayBuffer()))
      const wanted = await Promise.all(
        files.map(async ({ name, size }) => [name, size, true, await hash(bytes(size))]),
      )
      expect(read(READ, path)).toEqual(wanted)
      expect(blob.size % 512).toBe(0)
    })

    test('a tar of nothing is a tar', async () => {
      const path = join(folder, 'none.tar')
      writeFileSync(path, Buffer.from(await new Blob(tarParts([])).arrayBuffer()))
      expect(read(READ, path)).toEqual([])
    })

    test.for([2 ** 33 - 1, 2 ** 33, 2 ** 37 + 3])('a file of %i bytes is told as such', async (size) => {
      // The heads alone are real: a file as large as it says would not fit here, and a hole of that size does.
      const parts = tarParts([{ name: 'large.bin', file: { size } as Blob }])
      const heads = parts.slice(0, -3) as Uint8Array[]
      const path = join(folder, `large-${size}.tar`)
      const file = openSync(path, 'w')
      let at = 0
      for (const head of heads) at += writeSync(file, head, 0, head.length, at)
      const end = at + Math.ceil(size / 512) * 512
      writeSync(file, new Uint8Array(1024), 0, 1024, end)
      expect(read(LIST, path)).toEqual([['large.bin', size]])
    })
  },
)

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type ByteSource, sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { GRAPH_RULES } from './rules/graph-rules.ts'
import { TORCHSCRIPT_RULES } from './rules/torchscript-rules.ts'

const PYTHON = '/usr/bin/python3'
const probe = spawnSync(PYTHON, ['-c', 'import torch, torchvision, onnx'])

test('ordinary models of TorchScript and ONNX are clean', { timeout: 120_000 }, async (context) => {
  if (probe.status !== 0 && process.env.SALLYPORT_REQUIRE !== '1')
    context.skip(`${PYTHON} with torch, torchvision and onnx is absent`)
  const folder = mkdtempSync(join(tmpdir(), 'real-graphs-'))
  try {
    const script = new URL('./fixtures/write-real-graphs.py', import.meta.url).pathname
    const written = spawnSync(PYTHON, [script, folder], { encoding: 'utf8' })
    expect(written.status, written.stderr).toBe(0)
    // Tensors of a model beside it: raw numbers, which nothing can be said of.
    const names = readdirSync(folder).filter((name) => !name.endsWith('.data'))
    expect(names.length).toBeGreaterThan(24)
    const dirty: unknown[] = []
    for (const name of names) {
      const file = await assessFile(name, sourceOfBytes(readFileSync(join(folder, name))))
      if (file.verdict !== 'clean')
        dirty.push([name, file.findings.map(({ message }) => message), file.coverage])
    }
    expect(dirty).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

const examples = [...GRAPH_RULES, ...TORCHSCRIPT_RULES].flatMap(({ id, examples: { fires } }) =>
  // A source of Python that is cut is another source, and often an innocent one.
  fires.filter(({ name }) => !name.endsWith('.py')).map((example, i) => [id, i, example] as const),
)

test.for(examples)(
  '%s: its example %i, cut at any byte, is never clean',
  { timeout: 60_000 },
  async ([, , { name, bytes }]) => {
    const whole = await assessFile(name, sourceOfBytes(bytes))
    expect(whole.verdict).not.toBe('clean')
    const clean: number[] = []
    // Large examples are cut at every place of their first and last bytes, and here and there between.
    for (let end = 1; end < bytes.length; end += end > 300 && end < bytes.length - 300 ? 37 : 1) {
      const { verdict } = await assessFile(name, sourceOfBytes(bytes.subarray(0, end)))
      if (verdict === 'clean') clean.push(end)
    }
    expect(clean).toEqual([])
  },
)

test('a model of two gigabytes is read in constant memory', async () => {
  const size = 2 ** 31 + 4096
  const head = Buffer.alloc(64 * 1024)
  let at = head.write('\x08\x08\x12\x01a', 0, 'latin1')
  const varint = (value: number): void => {
    for (let left = value; ; left = Math.floor(left / 128)) {
      at = head.writeUInt8((left % 128) | (left >= 128 ? 128 : 0), at)
      if (left < 128) return
    }
  }
  const node = '\x0a\x0a\x22\x04PyOp:\x02ab'
  const tensorBytes = size - 64
  // graph { node {…} initializer { raw_data … } } and then opset_import.
  at = head.writeUInt8(0x3a, at)
  varint(node.length + 6 + tensorBytes)
  at += head.write(node, at, 'latin1')
  at = head.writeUInt8(0x2a, at)
  varint(tensorBytes)
  at = head.writeUInt8(0x4a, at)
  varint(tensorBytes - 6)
  const used = at
  let readBytes = 0
  const source: ByteSource = {
    size: used + tensorBytes - 6 + 4,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)))
      bytes.set(head.subarray(Math.min(offset, used), Math.min(used, offset + bytes.length)))
      const tail = [0x42, 0x02, 0x10, 0x11]
      for (const [i, byte] of tail.entries()) {
        const place = this.size - 4 + i - offset
        if (place >= 0 && place < bytes.length) bytes[place] = byte
      }
      readBytes += bytes.length
      return bytes
    },
  }
  const file = await assessFile('large.onnx', source)
  expect(file.findings.map(({ ruleId }) => ruleId)).toEqual(['graph/code-operator'])
  expect(file.coverage.map(({ status }) => status)).toEqual(['full'])
  expect(readBytes).toBeLessThan(2 ** 22)
})

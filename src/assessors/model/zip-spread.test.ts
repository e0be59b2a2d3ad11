import { deflateRawSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { makeBudget } from './budget.ts'
import { STANDARD_POLICY } from './standard-policy.ts'
import { walkPlace } from './walk-place.ts'
import type { Walk } from './walk-report.ts'

interface Member {
  readonly name: string
  readonly localName?: string
  readonly size: number
}

/** An archive of members of zeros. */
function archiveOf(members: readonly Member[]): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, localName = name, size } of members) {
    const packed = deflateRawSync(Buffer.alloc(size), { level: 9 })
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(size, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(localName), packed])
    const central = Buffer.concat([
      Buffer.from('PK\x01\x02\x14\0'),
      fields,
      Buffer.alloc(14),
      Buffer.from(name),
    ])
    central.writeUInt32LE(at, 42)
    parts.push(local)
    directory.push(central)
    at += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, central, end])
}

const scan = (members: readonly Member[]) => assessFile('model.zip', sourceOfBytes(archiveOf(members)))

test('filler that is spread over many members is a bomb', async () => {
  const members = Array.from({ length: 20 }, (_, i) => ({ name: `a${i}`, size: 4 * 1024 * 1024 }))
  const { verdict, findings } = await scan(members)
  expect(verdict).toBe('malicious')
  expect(findings.filter(({ ruleId }) => ruleId === 'container/bomb')).toHaveLength(1)
})

test('little filler is none', async () => {
  const members = Array.from({ length: 4 }, (_, i) => ({ name: `a${i}`, size: 1024 * 1024 }))
  expect((await scan(members)).findings).not.toContainEqual(
    expect.objectContaining({ ruleId: 'container/bomb' }),
  )
})

test('what is done to hundreds of members is told once', async () => {
  const members = Array.from({ length: 200 }, (_, i) => ({
    name: `a${i}`.padEnd(5),
    localName: 'other',
    size: 10,
  }))
  const { findings } = await scan(members)
  const told = findings.filter(
    ({ ruleId, message }) => ruleId === 'zip/disagreement' && message.includes('calls it'),
  )
  expect(told).toHaveLength(3)
  expect(told.some(({ message }) => message.includes('197 more members likewise'))).toBe(true)
})

/** Walks bytes with a small budget of unpacking. */
async function walkTight(bytes: Uint8Array, inflateLeft: number): Promise<Walk> {
  const budget = { ...makeBudget(), inflateLeft }
  const walk: Walk = {
    path: 'a.bin',
    policy: STANDARD_POLICY,
    budget,
    signal: undefined,
    coverage: [],
    findings: [],
  }
  await walkPlace(walk, { source: sourceOfBytes(bytes), members: [], depth: 0 })
  return walk
}

test('what ends the budget from very little is a bomb, however small its parts are', async () => {
  const members = Array.from({ length: 60 }, (_, i) => ({ name: `a${i}`, size: 60 * 1024 }))
  const { findings } = await walkTight(archiveOf(members), 3 * 1024 * 1024)
  expect(findings.filter(({ ruleId }) => ruleId === 'container/bomb')).toHaveLength(1)
})

test('what ends the budget from much is only not decided', async () => {
  const noise = Array.from({ length: 300_000 }, (_, i) => Math.sin(i).toString(36).slice(2, 9)).join('\n')
  const { findings, coverage } = await walkTight(gzipSync(noise), 1024 * 1024)
  expect(findings).toEqual([])
  expect(coverage.some(({ status }) => status === 'partial')).toBe(true)
})

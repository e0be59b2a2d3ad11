import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { findZipTail, readZip } from './read-zip.ts'

interface Member {
  readonly name: string
  readonly data?: string
  readonly extra?: Buffer
  readonly localExtra?: Buffer
}

function field(id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(id, 0)
  head.writeUInt16LE(data.length, 2)
  return Buffer.concat([head, data])
}

function headerOf({ name, data = '', extra, localExtra }: Member, at: number, isLocal: boolean): Buffer {
  const more = (isLocal ? (localExtra ?? extra) : extra) ?? Buffer.alloc(0)
  const fixed = Buffer.alloc(isLocal ? 30 : 46)
  const shift = isLocal ? 0 : 2
  fixed.writeUInt32LE(isLocal ? 0x0403_4b50 : 0x0201_4b50, 0)
  fixed.writeUInt32LE(crc32(data), 14 + shift)
  fixed.writeUInt32LE(data.length, 18 + shift)
  fixed.writeUInt32LE(data.length, 22 + shift)
  fixed.writeUInt16LE(Buffer.byteLength(name), 26 + shift)
  fixed.writeUInt16LE(more.length, 28 + shift)
  if (!isLocal) fixed.writeUInt32LE(at, 42)
  return Buffer.concat([fixed, Buffer.from(name), more])
}

function directoryOf(members: readonly Member[], base = 0): Buffer {
  let at = base
  const entries = members.map((member) => {
    const entry = headerOf(member, at, false)
    at += headerOf(member, 0, true).length + (member.data ?? '').length
    return entry
  })
  return Buffer.concat(entries)
}

const bodyOf = (members: readonly Member[]) =>
  Buffer.concat(members.flatMap((member) => [headerOf(member, 0, true), Buffer.from(member.data ?? '')]))

function endOf(count: number, size: number, offset: number, comment = ''): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([end, Buffer.from(comment, 'latin1')])
}

function wideOf(count: number, size: number, offset: number, at: number): Buffer {
  const wide = Buffer.alloc(76)
  wide.writeUInt32LE(0x0606_4b50, 0)
  wide.writeBigUInt64LE(44n, 4)
  wide.writeBigUInt64LE(BigInt(count), 32)
  wide.writeBigUInt64LE(BigInt(size), 40)
  wide.writeBigUInt64LE(BigInt(offset), 48)
  wide.writeUInt32LE(0x0706_4b50, 56)
  wide.writeBigUInt64LE(BigInt(at), 64)
  return wide
}

function zip(members: readonly Member[], comment = ''): Buffer {
  const body = bodyOf(members)
  const directory = directoryOf(members)
  return Buffer.concat([body, directory, endOf(members.length, directory.length, body.length, comment)])
}

const A: Member = { name: 'a', data: 'AAAA' }
const B: Member = { name: 'b', data: 'BB' }
const both = bodyOf([A, B])
const first = directoryOf([A])
const second = directoryOf([B], bodyOf([A]).length)

/** A Unicode Path field that gives `a` another name. */
const unicode = (name: string, crc = crc32('a')) => {
  const data = Buffer.alloc(5)
  data[0] = 1
  data.writeUInt32LE(crc, 1)
  return field(0x7075, Buffer.concat([data, Buffer.from(name)]))
}

test.for<readonly [string, Buffer, string, string]>([
  ['an ordinary archive', zip([A, B], 'a comment'), 'a b', ''],
  ['an archive of nothing', zip([]), '', ''],
  [
    'an end record inside the comment of another',
    Buffer.concat([
      both,
      first,
      second,
      endOf(
        1,
        first.length,
        both.length,
        endOf(1, second.length, both.length + first.length).toString('latin1'),
      ),
    ]),
    'b a',
    'several-directories',
  ],
  [
    'an end record that ends before the file does',
    Buffer.concat([zip([A]), Buffer.from('tail')]),
    'a',
    'trailer',
  ],
  ['a prefix', Buffer.concat([Buffer.from('prefix'), zip([A])]), 'a', 'prefix'],
  [
    'a ZIP64 record that leads elsewhere than the small one',
    Buffer.concat([
      both,
      first,
      second,
      wideOf(1, second.length, both.length + first.length, both.length + first.length + second.length),
      endOf(1, first.length, both.length),
    ]),
    'b a',
    'several-directories',
  ],
  [
    'a ZIP64 record that says the same',
    Buffer.concat([
      bodyOf([A]),
      first,
      wideOf(1, first.length, bodyOf([A]).length, bodyOf([A]).length + first.length),
      endOf(0xffff, 0xffff_ffff, 0xffff_ffff),
    ]),
    'a',
    '',
  ],
  [
    'a shifted directory for Python and another one for miniz',
    Buffer.concat([both, first, second, endOf(1, second.length, both.length)]),
    'b a',
    'several-directories',
  ],
  [
    'a member without an entry',
    Buffer.concat([both, directoryOf([A]), endOf(1, first.length, both.length)]),
    'a b',
    'hidden-member',
  ],
  ['no directory at all', both, 'a b', 'directory-broken'],
  ['a name twice', zip([A, A]), 'a a', 'duplicate-name'],
  [
    'a name twice, with slashes of two sorts',
    zip([{ name: 'd/a' }, { name: 'd\\a' }]),
    'd/a d\\a',
    'duplicate-name',
  ],
  [
    'pickles that differ in case',
    zip([{ name: 'm/data.pkl' }, { name: 'm/DATA.pkl' }]),
    'm/data.pkl m/DATA.pkl',
    'duplicate-name',
  ],
  ['texts that differ in case', zip([{ name: 'README' }, { name: 'readme' }]), 'README readme', ''],
  ['a Unicode Path that is another', zip([{ ...A, extra: unicode('evil') }]), 'a', 'name-differs'],
  [
    'a Unicode Path in the local header only',
    zip([{ ...A, extra: Buffer.alloc(0), localExtra: unicode('evil') }]),
    'a',
    'name-differs',
  ],
  ['a Unicode Path of an older name', zip([{ ...A, extra: unicode('evil', 1) }]), 'a', ''],
  [
    'an archive in an archive',
    zip([{ name: 'inner.zip', data: zip([A]).toString('latin1') }]),
    'inner.zip',
    '',
  ],
])('%s', async ([, bytes, names, anomaly]) => {
  const view = await readZip(sourceOfBytes(bytes))
  expect(view?.members.map(({ name }) => name).sort()).toEqual(names.split(' ').filter(Boolean).sort())
  const kinds = view?.anomalies.map(({ kind }) => kind) ?? []
  if (anomaly === '') expect(kinds).toEqual([])
  else expect(kinds).toContain(anomaly)
})

test('an archive is found from the end of any file', async () => {
  for (const prefix of ['', 'GGUF', 'x'.repeat(100_000)]) {
    const file = Buffer.concat([Buffer.from(prefix), zip([A, B])])
    expect(await findZipTail(sourceOfBytes(file))).toMatchObject({
      startOffset: prefix.length,
      endOffset: file.length,
      entries: 2,
    })
  }
  expect(await findZipTail(sourceOfBytes(zip([])))).toBeUndefined()
  expect(await findZipTail(sourceOfBytes(Buffer.from('nothing')))).toBeUndefined()
})

test('cut anywhere, an archive is never whole, and no member is invented', async () => {
  const whole = zip([A, B])
  for (let length = 0; length < whole.length; length++) {
    const view = await readZip(sourceOfBytes(whole.subarray(0, length)))
    expect(view?.isComplete ?? false).toBe(false)
    for (const { name } of view?.members ?? []) expect(['a', 'b']).toContain(name)
  }
})

test('changed anywhere, an archive is still read to an end', async () => {
  const whole = zip([A, B], 'comment')
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, value) => {
      const changed = Uint8Array.from(whole)
      changed[at] = value
      const view = await readZip(sourceOfBytes(changed))
      for (const member of view?.members ?? []) expect(member.localOffset).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 2000 },
  )
})

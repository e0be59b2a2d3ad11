import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { readTar } from './read-tar.ts'

interface Entry {
  readonly name: string
  readonly type?: string
  readonly link?: string
  readonly data?: string
  readonly size?: string
}

function header({ name, type = '0', link = '', data = '', size }: Entry): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write(name.slice(0, 100), 0, 'latin1')
  bytes.write('0000644\0', 100)
  bytes.write(size ?? `${Buffer.byteLength(data).toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  bytes.write(type, 156)
  bytes.write(link, 157)
  bytes.write('ustar\x0000', 257)
  bytes.fill(32, 148, 156)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}

function tar(...entries: Entry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const data = Buffer.from(entry.data ?? '')
    return [header(entry), data, Buffer.alloc((512 - (data.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

const pax = (...records: string[]) =>
  records
    .map((record) => {
      for (let length = record.length + 2; ; length++)
        if (`${length} ${record}\n`.length === length) return `${length} ${record}\n`
    })
    .join('')

test.for<readonly [string, Buffer, readonly (readonly [string, string, number])[], readonly string[]]>([
  [
    'a file and a folder',
    tar({ name: 'a', data: 'xyz' }, { name: 'b/', type: '5' }),
    [
      ['a', 'file', 3],
      ['b/', 'folder', 0],
    ],
    [],
  ],
  [
    'a long name of GNU',
    tar({ name: '././@LongLink', type: 'L', data: 'long/name\0' }, { name: 'short', data: 'x' }),
    [['long/name', 'file', 1]],
    [],
  ],
  [
    'a name of PAX',
    tar({ name: 'p', type: 'x', data: pax('path=real', 'mtime=1.5') }, { name: 'short', data: 'x' }),
    [['real', 'file', 1]],
    [],
  ],
  [
    'a name for all of PAX',
    tar({ name: 'g', type: 'g', data: pax('comment=hello') }, { name: 'a', data: 'x' }),
    [['a', 'file', 1]],
    [],
  ],
  [
    'two long names',
    tar(
      { name: 'l', type: 'L', data: 'one\0' },
      { name: 'p', type: 'x', data: pax('path=two') },
      { name: 'a' },
    ),
    [['two', 'file', 0]],
    ['disagreement'],
  ],
  [
    'a size twice',
    tar({ name: 'p', type: 'x', data: pax('size=0') }, { name: 'a', data: 'xy' }),
    [['a', 'file', 0]],
    ['disagreement', 'checksum'],
  ],
  [
    'PAX that says a thing twice',
    tar({ name: 'p', type: 'x', data: pax('path=a', 'path=b') }, { name: 'c' }),
    [['b', 'file', 0]],
    ['disagreement'],
  ],
  [
    'a link with data',
    tar({ name: 'l', type: '2', link: 'x', size: '00000000005\0' }),
    [['l', 'symlink', 0]],
    ['disagreement'],
  ],
  ['a size that is no number', tar({ name: 'a', size: '99999999999\0' }), [], ['disagreement']],
  ['a member beyond the end', tar({ name: 'a', size: '00000777777\0' }), [['a', 'file', 1024]], ['cut']],
  [
    'an archive behind the end',
    Buffer.concat([tar({ name: 'a' }), tar({ name: 'b' })]),
    [
      ['a', 'file', 0],
      ['b', 'file', 0],
    ],
    ['disagreement'],
  ],
  ['no end mark', tar({ name: 'a' }).subarray(0, 512), [['a', 'file', 0]], ['cut']],
])('%s', async ([, bytes, entries, problems]) => {
  const view = await readTar(sourceOfBytes(bytes))
  expect(view.entries.map(({ name, kind, sizeBytes }) => [name, kind, sizeBytes])).toEqual(entries)
  expect(view.problems.map(({ kind }) => kind)).toEqual(problems)
})

test('cut anywhere before the end mark, the cut is said, and no entry is invented', async () => {
  const whole = tar({ name: 'a', data: 'x'.repeat(700) }, { name: 'b', data: 'y' })
  const names = (await readTar(sourceOfBytes(whole))).entries.map(({ name }) => name)
  for (let length = 1; length < whole.length - 1024; length += 7) {
    const view = await readTar(sourceOfBytes(whole.subarray(0, length)))
    expect(view.problems.map(({ kind }) => kind)).toContain('cut')
    expect(names.slice(0, view.entries.length)).toEqual(view.entries.map(({ name }) => name))
  }
})

test('any bytes behind a header come to an end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('0', '1', '2', 'L', 'x', 'g', 'S', 'Z'),
      fc.uint8Array({ maxLength: 1500 }),
      async (type, bytes) => {
        const size = `${bytes.length.toString(8).padStart(11, '0')}\0`
        const view = await readTar(sourceOfBytes(Buffer.concat([header({ name: 'a', type, size }), bytes])))
        expect(view.endOffset).toBeLessThanOrEqual(512 + bytes.length)
      },
    ),
  )
})

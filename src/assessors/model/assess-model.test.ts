import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { craftZip } from './craft-zip.ts'
import { example } from './rule.ts'

const SYSTEM = "cos\nsystem\n(S'id'\ntR."
const scan = (name: string, text: string) => assessFile(name, sourceOfBytes(example(name, text).bytes))

/** What the published bypasses of other scanners come to here (facts: picklescan, fickling, modelscan advisories). */
test.for([
  ['protocol 0 call', SYSTEM, 'malicious', 'os.system'],
  ['INST', "(S'id'\nios\nsystem\n.", 'malicious', 'os.system'],
  ['OBJ whose result is popped', "(cos\nsystem\nS'id'\no0N.", 'malicious', 'os.system'],
  [
    'memo under a far index',
    '\x80\x04\x8c\x02os\x94\x8c\x06systemr\xff\xff\x00\x00h\x00j\xff\xff\x00\x00\x93.',
    'malicious',
    'os.system',
  ],
  [
    'MEMOIZE counts entries, not indices',
    '\x80\x04\x8c\x01x\x94\x8c\x02os\x940\x8c\x06system\x940h\x01h\x02\x93.',
    'malicious',
    'os.system',
  ],
  [
    'STACK_GLOBAL from a tuple on the stack',
    '\x80\x04\x8c\x02os2\x8c\x06system\x930.',
    'malicious',
    'os.system',
  ],
  ['POP of a MARK', '(0cos\nsystem\n.', 'malicious', 'os.system'],
  ['integer in base 16', 'I0x10\n0cos\nsystem\n.', 'malicious', 'os.system'],
  ['LONG with an underscore', 'L1_0L\n0cos\nsystem\n.', 'malicious', 'os.system'],
  ['Python 2 name', '\x80\x02c__builtin__\nexecfile\n.', 'malicious', 'builtins.exec'],
  ['payload, then a broken stream', "cos\nsystem\n(S'id'\ntR\xff\xff", 'malicious', 'os.system'],
  ['payload cut before STOP', "cos\nsystem\n(S'id'\ntR", 'malicious', 'os.system'],
  ['second stream', '\x80\x02]q\x00.\x80\x02cos\nsystem\n.', 'malicious', 'os.system'],
  [
    'frame that ends inside an opcode',
    '\x80\x04\x95\x01\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n.',
    'malicious',
    'os.system',
  ],
  [
    'name in bytes, decoded',
    '\x80\x03c_codecs\ndecode\nC\x02os\x85R\x8c\x06system\x93.',
    'malicious',
    'os.system',
  ],
  [
    'name with the encoding trick of protocol 2',
    '\x80\x02c_codecs\nencode\nX\x02\x00\x00\x00osX\x06\x00\x00\x00latin1\x86R0cnt\nsystem\n.',
    'malicious',
    'nt.system',
  ],
  ['dotted name', '\x80\x04\x8c\x05torch\x8c\x09os.system\x93.', 'malicious', 'torch.os.system'],
  [
    'submodule of a denied module',
    '\x80\x04\x8c\x16asyncio.unix_events.xy\x8c\x01f\x93.',
    'malicious',
    'asyncio.unix_events.xy.f',
  ],
  ['attributes planted on NumPy', "cnumpy\nndarray\n(dS'f'\nS'g'\nsb.", 'malicious', 'numpy.ndarray'],
  ['pip.main', "cpip\nmain\n(S'install'\ntR.", 'malicious', 'pip.main'],
  ['pkgutil.resolve_name', "cpkgutil\nresolve_name\n(S'os:system'\ntR.", 'malicious', 'pkgutil.resolve_name'],
  ['unknown import', '\x80\x02cacme.nets\nBlock\n)R.', 'suspicious', 'acme.nets.Block'],
  ['truncated', '\x80\x02]q\x00X\xff\x00\x00\x00abc', 'undecided', undefined],
  ['binary nobody knows', '\x00\x01\x02\xff\xfe\xfd', 'undecided', undefined],
  ['encrypted-looking text of no use', 'some words', 'undecided', undefined],
  ['plain list', '\x80\x02]q\x00.', 'clean', undefined],
] as const)('%s', async ([, text, verdict, named]) => {
  const file = await scan('model.bin', text)
  expect(file.verdict).toBe(verdict)
  if (named !== undefined) expect(JSON.stringify(file.findings)).toContain(named)
})

test('the call is written as Python, with its argument', async () => {
  const file = await scan('a.pkl', '\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.')
  expect(file.findings.map(({ call }) => call)).toEqual(["posix.system('id')"])
})

test('one cause makes one finding, however often it is used', async () => {
  const file = await scan('a.pkl', `(${"cos\nsystem\n(S'id'\ntR".repeat(50)}t.`)
  expect(file.findings).toHaveLength(1)
  expect(file.findings[0]?.message).toContain('50 times')
})

test('fingerprints are the same in every run and differ between files', async () => {
  const one = await scan('a.pkl', SYSTEM)
  const again = await scan('a.pkl', SYSTEM)
  const other = await scan('b.pkl', SYSTEM)
  expect(again.findings).toEqual(one.findings)
  expect(other.findings[0]?.fingerprint).not.toBe(one.findings[0]?.fingerprint)
})

test.for([
  ['deep in a zip', craftZip([{ name: 'm/data.pkl', text: SYSTEM }])],
  ['deflated', craftZip([{ name: 'x.bin', text: SYSTEM, isDeflated: true }])],
  [
    'flag says encrypted in one header only',
    craftZip([{ name: 'm/data.pkl', text: SYSTEM, flags: 1, localFlags: 0 }]),
  ],
  ['wrong checksum', craftZip([{ name: 'm/data.pkl', text: SYSTEM, localCrc: 1 }])],
  ['local name differs', craftZip([{ name: 'm/data.pkl', localName: 'm/x.txt', text: SYSTEM }])],
  [
    'first of two of a name',
    craftZip([
      { name: 'm/data.pkl', text: SYSTEM },
      { name: 'm/data.pkl', text: 'N.' },
    ]),
  ],
  [
    'second of two of a name',
    craftZip([
      { name: 'm/data.pkl', text: 'N.' },
      { name: 'm/data.pkl', text: SYSTEM },
    ]),
  ],
  [
    'member that the directory hides',
    craftZip([
      { name: 'h.pkl', text: SYSTEM, isHidden: true },
      { name: 'm/data.pkl', text: 'N.' },
    ]),
  ],
  ['prefix before the archive', craftZip([{ name: 'm/data.pkl', text: SYSTEM }], { prefix: 'MZ' })],
] as const)('finds a payload %s', async ([, archive]) => {
  const file = await assessFile('model.pt', sourceOfBytes(archive.bytes))
  expect(file.verdict).toBe('malicious')
})

test('finds a payload in the bytes that _load_from_bytes gets', async () => {
  const inner = '\x80\x02cos\nsystem\n.'
  const file = await scan(
    'a.pkl',
    `\x80\x03ctorch.storage\n_load_from_bytes\nC${String.fromCharCode(inner.length)}${inner}\x85R.`,
  )
  expect(file.verdict).toBe('malicious')
  expect(file.findings[0]?.location.members).toEqual(['_load_from_bytes[0]'])
})

test('a raw member of a torch archive that the pickle does not use is looked into', async () => {
  const archive = craftZip([
    { name: 'm/data.pkl', text: '\x80\x02]q\x00.' },
    { name: 'm/data/0', text: '\x80\x02cos\nsystem\n.' },
  ])
  expect((await assessFile('m.pt', sourceOfBytes(archive.bytes))).verdict).toBe('malicious')
})

test('cut anywhere, a payload that was read before the cut stays found', async () => {
  const whole = `\x80\x02cos\nsystem\n(S'id'\ntR.`
  for (let length = 13; length < whole.length; length++)
    expect((await scan('a.pkl', whole.slice(0, length))).verdict).toBe('malicious')
})

test('a plain safetensors file is clean, and a cut one undecided', async () => {
  const header = '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}'
  const text = `${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}xy`
  expect((await scan('a.safetensors', text)).verdict).toBe('clean')
  expect((await scan('a.safetensors', text.slice(0, -1))).verdict).toBe('undecided')
  expect((await scan('a.safetensors', `${text}!`)).verdict).toBe('suspicious')
})

test('a pickle that nests its values a million deep ends in time', async () => {
  const file = await scan('a.pkl', `N${'\x85'.repeat(1_000_000)}cacme\nf\n2\x86R.`)
  expect(file.verdict).toBe('suspicious')
})

test('billion laughs stay small', async () => {
  const file = await scan(
    'a.pkl',
    `\x80\x02(lp0\n${Array.from({ length: 100 }, (_, i) => `(g${i}\ng${i}\ng${i}\nlp${i + 1}\n`).join('')}.`,
  )
  expect(file.verdict).toBe('suspicious')
})

test('checksums of crafted archives are real', () => {
  expect(crc32('a')).toBe(0xe8b7be43)
})

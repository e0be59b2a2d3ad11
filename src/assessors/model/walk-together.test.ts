import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile, joinFiles } from './assess-model.ts'
import { assessRepository } from './assess-repository.ts'
import { craftTar } from './craft-tar.ts'
import { craftZip } from './craft-zip.ts'
import { onnx, onnxExternal, onnxNode } from './rules/graph/craft-onnx.ts'
import { compiledExample } from './rules/repository/craft-compiled.ts'

type Files = Readonly<Record<string, string>>

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const tarOf = (files: Files): Uint8Array =>
  craftTar(Object.entries(files).map(([name, text]) => ({ name, text })))
const zipOf = (files: Files): Uint8Array =>
  craftZip(Object.entries(files).map(([name, text]) => ({ name, text }))).bytes

async function scanFolder(files: Files) {
  const open = (name: string) => sourceOfBytes(Buffer.from(files[name] ?? '', 'latin1'))
  const names = Object.keys(files)
  const alone = await Promise.all(names.map((name) => assessFile(name, open(name))))
  const together = await assessRepository({
    files: names.map((name) => ({ name, sizeBytes: open(name).size })),
    withFile: (name, use) => use(open(name)),
  })
  return joinFiles([...alone, ...together], new Date(0), new Date(0))
}

const CODE = {
  'm/config.json': '{"auto_map": {"AutoModel": "other/repo--modeling.Acme"}}',
  'm/LICENSE': 'MIT\n',
}

test.for([
  ['a folder', async () => (await scanFolder(CODE)).files.flatMap(({ findings }) => findings)],
  ['a ZIP archive', async () => (await assessFile('m.zip', sourceOfBytes(zipOf(CODE)))).findings],
  ['a tar archive', async () => (await assessFile('m.tar', sourceOfBytes(tarOf(CODE)))).findings],
  [
    'a tar archive in a ZIP archive',
    async () => (await assessFile('m.zip', sourceOfBytes(zipOf({ 'a.tar': latin1(tarOf(CODE)) })))).findings,
  ],
] as const)('code of another repository is seen in %s', async ([, findings]) => {
  expect((await findings()).map(({ ruleId }) => ruleId)).toContain('repository/remote-code')
})

test('a finding names the member that it is about', async () => {
  const { findings } = await assessFile('m.zip', sourceOfBytes(zipOf({ 'a.tar': latin1(tarOf(CODE)) })))
  const finding = findings.find(({ ruleId }) => ruleId === 'repository/remote-code')
  expect(finding?.location).toEqual({ path: 'm.zip', members: ['a.tar', 'm/config.json'] })
})

const DATA = '\x01\x02\x03\xff\xfe\xfd\x80\x81'.repeat(8)
const model = (...places: readonly Readonly<Record<string, string>>[]): string =>
  latin1(onnx([onnxNode('Relu'), ...places.map((place) => onnxExternal('w.data', place))]).bytes)

test.for([
  ['whole', model({ offset: '0', length: '64' }), DATA, 'clean'],
  ['to its end', model({}), DATA, 'clean'],
  ['in two tensors', model({ offset: '32', length: '32' }, { offset: '0', length: '32' }), DATA, 'clean'],
  [
    'with zeros between',
    model({ offset: '0', length: '64' }, { offset: '100', length: '28' }),
    `${DATA}${'\0'.repeat(36)}${DATA.slice(0, 28)}`,
    'clean',
  ],
  ['but for its end', model({ offset: '0', length: '32' }), DATA, 'undecided'],
  [
    'but for a part between',
    model({ offset: '0', length: '16' }, { offset: '32', length: '32' }),
    DATA,
    'undecided',
  ],
  ['and more than there is', model({ offset: '0', length: '640' }), DATA, 'undecided'],
] as const)('data of which a model declares all, %s, are %s', async ([, onnxFile, data, verdict]) => {
  const files = { 'm.onnx': onnxFile, 'w.data': data }
  const folder = await scanFolder(files)
  expect(folder.files.find(({ path }) => path === 'w.data')?.verdict).toBe(verdict)
  expect((await assessFile('m.zip', sourceOfBytes(zipOf(files)))).verdict).toBe(verdict)
  expect((await assessFile('m.tar', sourceOfBytes(tarOf(files)))).verdict).toBe(verdict)
})

test('what was recognised as something else stays that, whatever a model says of it', async () => {
  const pickle = "cos\nsystem\n(S'id'\ntR."
  const folder = await scanFolder({ 'm.onnx': model({}), 'w.data': pickle })
  expect(folder.files.find(({ path }) => path === 'w.data')?.verdict).toBe('malicious')
})

test('a device program that stands beside a model is no tensor', async () => {
  const context = latin1(
    onnx([
      onnxNode('EPContext', 'com.microsoft', [
        [
          5,
          [
            [1, 'embed_mode'],
            [3, 0],
          ],
        ],
        [
          5,
          [
            [1, 'ep_cache_context'],
            [4, 'w.data'],
          ],
        ],
      ]),
    ]).bytes,
  )
  const folder = await scanFolder({ 'm.onnx': context, 'w.data': DATA })
  expect(folder.files.find(({ path }) => path === 'w.data')?.verdict).toBe('undecided')
})

test.for([
  ['alone', { 'a/layer.pyc': latin1(compiledExample('layer').bytes), 'a/LICENSE': 'MIT\n' }],
  [
    'beside another source',
    { 'a/layer.pyc': latin1(compiledExample('layer').bytes), 'a/layer.py': 'x = 1\n', 'a/LICENSE': 'MIT\n' },
  ],
] as const)('compiled Python that stands %s is for a person', async ([, files]) => {
  const folder = await scanFolder(files)
  expect(folder.files.find(({ path }) => path === 'a/layer.pyc')?.verdict).toBe('suspicious')
  expect((await assessFile('m.zip', sourceOfBytes(zipOf(files)))).verdict).toBe('suspicious')
})

test('compiled Python by itself is not decided', async () => {
  const { bytes } = compiledExample('layer')
  expect((await assessFile('layer.pyc', sourceOfBytes(bytes))).verdict).toBe('undecided')
})

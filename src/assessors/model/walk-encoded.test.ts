import { expect, test } from 'vitest'
import { sourceOfBytes, utf8 } from '../../ground/lang/index.ts'
import { bytesOf, call, imported, stream, text } from './assemble-pickle.ts'
import { assessFile } from './assess-model.ts'

const ACTS = Buffer.from(bytesOf(stream(call(imported('os', 'system'), text('echo sallyport')))))
const PLAIN = Buffer.from(bytesOf(stream(`]${Array.from({ length: 40 }, () => 'K\x01a').join('')}`)))
const scan = async (name: string, content: string) =>
  (await assessFile(name, sourceOfBytes(utf8(content)))).verdict

test.for([
  ['JSON, base64', 'model.json', JSON.stringify({ model: ACTS.toString('base64') })],
  ['JSON, base64 for addresses', 'model.json', JSON.stringify({ model: ACTS.toString('base64url') })],
  ['JSON, hexadecimal', 'model.json', JSON.stringify({ weights: ACTS.toString('hex') })],
  ['CSV', 'model.csv', `id,blob\n1,${ACTS.toString('base64')}\n`],
  ['YAML', 'model.yaml', `model: !!binary |\n  ${ACTS.toString('base64')}\n`],
  ['a text of no known use', 'model.b64', ACTS.toString('base64')],
] as const)('a pickle that acts, in %s: malicious', async ([, name, content]) => {
  expect(await scan(name, content)).toBe('malicious')
})

test.for([
  ['a pickle that does nothing', 'model.json', JSON.stringify({ model: PLAIN.toString('base64') })],
  ['words that begin alike', 'words.json', JSON.stringify({ gARLANDsAREhungINtheHALLSofTHEolden: 1 })],
  ['a digest', 'sums.json', JSON.stringify({ sha256: `8004${'ab'.repeat(30)}` })],
] as const)('%s: clean', async ([, name, content]) => {
  expect(await scan(name, content)).toBe('clean')
})

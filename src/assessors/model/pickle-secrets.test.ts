import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { assessPlain } from './assess-plain.ts'
import { checkedToken, scramble } from './rules/secret/craft-secret.ts'
import { SECRET_KINDS } from './words/secrets/secret-kinds.ts'
import { isTelling, isTellingBytes, wordsOf } from './words/secrets/telling-text.ts'

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const AWS_ID = `AKIA${scramble(16, 3, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`
const AWS_KEY = scramble(40, 4)
const TOKEN = checkedToken('ghp_', 2)
const der = Buffer.concat([
  Buffer.from([0x30, 0x81, 0xa0]),
  Buffer.from(scramble(160, 9), 'latin1'),
]).toString('base64')
const KEY = ['-----BEGIN RSA PRIVATE KEY-----', der, '-----END RSA PRIVATE KEY-----'].join('\n')

const long = (code: string, text: string): string => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(Buffer.byteLength(text, 'latin1'))
  return `${code}${length.toString('latin1')}${text}`
}
const text = (value: string): string => long('X', value)
const dict = (pairs: readonly (readonly [string, string])[]): string =>
  `\x80\x03}(${pairs.map(([key, value]) => text(key) + value).join('')}u.`
const bytesOf = (latin1: string): Uint8Array => Buffer.from(latin1, 'latin1')

async function rulesOf(latin1: string): Promise<readonly string[]> {
  const bytes = bytesOf(latin1)
  const said = assessPlain('a.pkl', bytes)
  const { findings, coverage, verdict } = await assessFile('a.pkl', sourceOfBytes(bytes))
  expect(coverage.map(({ status }) => status)).toEqual(['full'])
  // What is known at once is what a full look knows.
  if (said !== undefined) expect(verdict).toBe('clean')
  return findings.map(({ ruleId }) => ruleId)
}

/** More text than the machine keeps: of what comes later only the start of each is kept. */
const MANY = text('lorem ipsum '.repeat(20_000)).repeat(72)

test.for([
  ['a token in a dict', dict([['hub_token', text(TOKEN)]])],
  ['a token in bytes', dict([['hub_token', long('B', TOKEN)]])],
  ['a token in the old form', `(dp0\nS'a token'\nV${TOKEN}\ns.`],
  [
    'a token in the state of an object',
    `\x80\x02csklearn.linear_model._base\nLinearRegression\n)\x81}${text('note')}${text(`x ${TOKEN}`)}sb.`,
  ],
  ['a private key', dict([['deploy_key', text(KEY)]])],
  [
    'a key id and its secret beside it',
    dict([
      ['aws_access_key_id', text(AWS_ID)],
      ['aws_secret_access_key', text(AWS_KEY)],
    ]),
  ],
  [
    'a secret and its key id behind it',
    dict([
      ['secret', text(AWS_KEY)],
      ['region', text('eu-west-1')],
      ['id', text(AWS_ID)],
    ]),
  ],
  ['a private key behind much text', `\x80\x02](${MANY}${text(KEY)}e.`],
] as const)('%s is found', async ([, latin1]) => {
  expect(await rulesOf(latin1)).toEqual(['secret/leaked-token'])
})

test.for([
  [
    'a key id alone',
    dict([
      ['id', text(AWS_ID)],
      ['region', text('eu-west-1')],
    ]),
  ],
  [
    'a key id far from anything like its secret',
    dict([
      ['id', text(AWS_ID)],
      ...Array.from({ length: 9 }, (_, i) => [`k${i}`, text('v')] as const),
      ['x', text(AWS_KEY)],
    ]),
  ],
  ['a key of a manual', dict([['token', text('hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')]])],
  ['addresses', dict([['home', text('https://scikit-learn.org/stable/modules/svm.html')]])],
  [
    'a vocabulary',
    `\x80\x02](${Array.from({ length: 5000 }, (_, i) => text(`word-${scramble(3 + (i % 30), i)}`)).join('')}e.`,
  ],
  ['weights in base64', dict([['w', text(scramble(200_000, 5, BASE64))]])],
  [
    'digests and identifiers',
    `\x80\x02](${Array.from({ length: 2000 }, (_, i) => text(scramble(40, i, '0123456789abcdef'))).join('')}e.`,
  ],
  [
    'addresses of people',
    `\x80\x02](${Array.from({ length: 2000 }, (_, i) => text(`p${i}.someone@mail${i % 7}.org`)).join('')}e.`,
  ],
] as const)('%s: no secret', async ([, latin1]) => {
  expect(await rulesOf(latin1)).toEqual([])
})

test('an ordinary small pickle is known at once, and one with a secret is not', () => {
  const plain = dict([
    ['home', text('https://scikit-learn.org/stable/modules/svm.html')],
    ['id', text('hf_internal_testing_model')],
  ])
  expect(assessPlain('a.pkl', bytesOf(plain))?.verdict).toBe('clean')
  expect(assessPlain('a.pkl', bytesOf(dict([['t', text(TOKEN)]])))).toBeUndefined()
  expect(assessPlain('a.pkl', bytesOf(dict([['t', long('B', KEY)]])))).toBeUndefined()
})

test('what the bytes are asked is what the text is asked, for every beginning of every kind', () => {
  for (const { anchor } of SECRET_KINDS)
    for (const word of wordsOf(anchor)) expect(word, anchor).toMatch(new RegExp(`^(?:${anchor})$`))
  for (const secret of [TOKEN, KEY, AWS_ID, `glpat-${scramble(20, 3)}`, `1234567890:AA${scramble(33, 22)}`]) {
    expect(isTelling(secret)).toBe(true)
    const bytes = bytesOf(`é ${secret} `)
    expect(isTellingBytes(bytes, 0, bytes.length)).toBe(true)
    expect(isTellingBytes(bytes, 0, 12)).toBe(false)
  }
})

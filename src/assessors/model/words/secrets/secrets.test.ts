import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkedToken, scramble } from '../../rules/secret/craft-secret.ts'
import { findPasswords } from './find-passwords.ts'
import { findPersonalData } from './find-personal-data.ts'
import { findSecrets } from './find-secrets.ts'
import { entropyOf, isPlaceholder, mask } from './randomness.ts'
import { hasTokenChecksum } from './token-checksum.ts'

const names = (text: string): string[] => findSecrets(text).map(({ name }) => name)

test.for([
  ['GitHub token', checkedToken('ghp_', 31)],
  ['GitHub fine-grained token', `github_pat_${scramble(22, 1)}_${scramble(59, 2)}`],
  ['GitLab token', `glpat-${scramble(20, 3)}`],
  ['Slack token', `xoxb-837465920183-928374650192-${scramble(24, 4)}`],
  ['Stripe key', `sk_live_${scramble(24, 5)}`],
  ['Google API key', `AIza${scramble(35, 6)}`],
  ['Google OAuth secret', `GOCSPX-${scramble(28, 7)}`],
  ['Azure storage key', `AccountKey=${scramble(86, 8)}==`],
  ['Anthropic key', `sk-ant-api03-${scramble(93, 9)}AA`],
  ['OpenAI key', `sk-${scramble(20, 10)}T3BlbkFJ${scramble(20, 11)}`],
  ['key of an OpenAI-like service', `sk-${scramble(48, 12)}`],
  ['Hugging Face token', `hf_${scramble(34, 13)}`],
  ['npm token', checkedToken('npm_', 14)],
  ['PyPI token', `pypi-AgEIcHlwaS5vcmc${scramble(60, 15)}`],
  ['SendGrid key', `SG.${scramble(22, 16)}.${scramble(43, 17)}`],
  ['Replicate token', `r8_${scramble(37, 18)}`],
  ['Groq key', `gsk_${scramble(52, 19)}`],
  ['NVIDIA key', `nvapi-${scramble(64, 20)}`],
  ['Databricks token', `dapi${scramble(32, 21, '0123456789abcdef')}`],
  ['Telegram bot token', `1234567890:AA${scramble(33, 22)}`],
] as const)('a %s is found in quotes, behind an equals sign, and at the end', ([name, secret]) => {
  expect(names(`{"x": "${secret}"}`)).toEqual([name])
  expect(names(`export X=${secret}\n`)).toEqual([name])
  expect(names(`x ${secret}`)).toEqual([name])
  expect(findSecrets(secret)[0]?.at).toBeGreaterThanOrEqual(0)
  // Inside longer text of the same characters it is part of something else.
  expect(names(`A${secret}A`.replace(/[:=.]/g, 'B'))).toEqual([])
})

test('a key of AWS counts with its secret only', () => {
  const id = `AKIA${scramble(16, 3, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`
  expect(names(id)).toEqual([])
  expect(names(`aws_access_key_id=${id}\naws_secret_access_key=${scramble(40, 4)}\n`)).toEqual([
    'AWS access key',
  ])
})

test.for([
  'hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  `hf_${'a'.repeat(34)}`,
  'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH',
  'ghp_1234567890abcdefghijklmnopqrstuvwxyz',
  'sk-1234567890abcdef1234567890abcdef1234567890abcdef',
  'sk-proj-your-key-here-your-key-here-your-key-here',
  'AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'postgresql://user:password@localhost/db',
  'postgresql://admin:s3cretpassw0rd@db.example.com/db',
  'https://user:$TOKEN@github.com/a/b',
  'https://<user>:<token>@huggingface.co/a/b',
  'mongodb+srv://username:my_password_123@cluster0.mongodb.net',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
  '-----BEGIN RSA PRIVATE KEY-----\nMIIE...\n-----END RSA PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\nYOUR KEY\n-----END PRIVATE KEY-----',
  'task-specific-model-with-a-very-long-name-for-an-identifier',
  'disk-1a2b3c',
])('the placeholder %s is passed over', (text) => {
  expect(names(text)).toEqual([])
})

test('texts at random, in base64 and in hex hold no secrets', () => {
  const bytes = randomBytes(3_000_000)
  expect(names(bytes.toString('base64'))).toEqual([])
  expect(names(bytes.toString('base64url'))).toEqual([])
  expect(names(bytes.toString('hex'))).toEqual([])
  expect(names(bytes.toString('latin1'))).toEqual([])
  const lines = bytes.toString('base64').replace(/.{76}/g, '$&\n')
  expect([...names(lines), ...findPasswords(lines, true), ...findPersonalData(lines)]).toEqual([])
})

test('a vocabulary, merges and a table of numbers hold neither secrets nor personal data', () => {
  const words = Array.from(
    { length: 100_000 },
    (_, i) => `${scramble(2 + (i % 9), i, 'aeiostnrlk')}${i % 7 === 0 ? '_' : ''}`,
  )
  const vocabulary = JSON.stringify(Object.fromEntries(words.map((word, i) => [`Ġ${word}`, i])))
  const merges = words.map((word) => `${word.slice(0, 2)} ${word.slice(2)}`).join('\n')
  const table = Array.from({ length: 50_000 }, (_, i) =>
    [4_000_000_000_000_000 + i * 7919, i * 0.37, scramble(8, i)].join(),
  ).join('\n')
  for (const text of [vocabulary, merges, table, `card,${table}`])
    expect([
      ...names(text),
      ...findPasswords(text, true),
      ...findPersonalData(text).filter(({ count }) => count < 0),
    ]).toEqual([])
  expect(findPersonalData(table)).toEqual([])
})

test.for([
  ['"api_key": "os.environ"', false],
  ['password = "correct-horse-battery-staple"', false],
  ['secret_key: "django-insecure-your-key-here"', false],
  ['api_key="my_super_long_api_name"', false],
  ['"auth_token": "<|endoftext|>"', false],
  ['password="MyP@ssw0rd123!"', false],
  ['access_token = "{{ token_of_the_user }}"', false],
  ['"client_secret": "https://accounts.net/oauth/v2"', false],
  [`"password": "${scramble(16, 41)}!x9"`, true],
  [`client_secret = '${scramble(40, 42)}'`, true],
] as const)('%s is a password: %s', ([text, isPassword]) => {
  expect(findPasswords(text, false).length > 0).toBe(isPassword)
})

test.for([
  ['card: 4539578763621486', 'credit card numbers'],
  ['IBAN NL91ABNA0417164300', 'bank accounts (IBAN)'],
  ['CPF: 529.982.247-25', 'Brazilian CPF numbers'],
  ['DNI 12345678Z', 'Spanish DNI numbers'],
  ['PESEL 44051401359', 'Polish PESEL numbers'],
] as const)('%s is %s, and with another digit it is not', ([text, name]) => {
  expect(findPersonalData(text).map((found) => found.name)).toEqual([name])
  expect(findPersonalData(text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10)))).toEqual(
    [],
  )
  // Without the word in front it is only a number.
  expect(findPersonalData(text.replace(/^\w+:? /, 'value '))).toEqual([])
})

test('a secret is never shown whole', () => {
  const secret = checkedToken('ghp_', 5)
  expect(mask(secret)).toBe('ghp_… (40 characters)')
})

test('a checksum holds for one token of four billion', () => {
  const token = checkedToken('', 77)
  expect(hasTokenChecksum(token)).toBe(true)
  expect(hasTokenChecksum(`${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`)).toBe(false)
})

test('entropy is that of the characters', () => {
  expect(entropyOf('aaaa')).toBe(0)
  expect(entropyOf('abcd')).toBe(2)
  expect(isPlaceholder('13579bdf')).toBe(true)
})

test.for([
  ['eyJ', 'eyJ'.repeat(200_000)],
  ['eyJ with dots', `eyJ${'a'.repeat(1999)}.`.repeat(500)],
  ['://', '://a:'.repeat(200_000)],
  ['sk-', `sk-${'a-'.repeat(90)}`.repeat(5000)],
  ['password', 'password = "'.repeat(50_000)],
  ['PEM', '-----BEGIN RSA PRIVATE KEY-----\n'.repeat(20_000)],
  ['AKIA', `AKIA${scramble(16, 3, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')} `.repeat(10_000)],
  ['mail', `${'a'.repeat(64)}@`.repeat(20_000)],
  ['card', 'card 4000 4000 '.repeat(20_000)],
] as const)(
  'a text of nothing but %s takes no longer than others',
  // What grows with the square of its input takes minutes.
  { timeout: 60_000 },
  ([, text]) => {
    findSecrets(text)
    findPasswords(text, true)
    findPersonalData(text)
  },
)

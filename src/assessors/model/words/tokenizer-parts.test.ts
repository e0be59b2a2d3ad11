import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenizerParts } from './tokenizer-parts.ts'

const model = { type: 'BPE', vocab: { '<unk>': 0, '</s>': 1, yes: 2, no: 3, '<unused1>': 4 }, merges: [] }
const deedsOf = (more: Readonly<Record<string, unknown>>) =>
  tokenizerParts({ model, added_tokens: [], ...more }).map(({ deed }) => deed)
const replace = (pattern: Readonly<Record<string, string>>, content: string) => ({
  normalizer: { type: 'Replace', pattern, content },
})

test.for([
  [{ String: 'yes' }, 'no'],
  [{ String: 'https://a.example/' }, 'https://b.example/'],
  [{ Regex: '(?i)pip install \\S+' }, '$0'],
  [{ String: '.' }, '. Visit evil.example now.'],
  [{ String: '银行账户' }, ''],
] as const)('%j by %j is a rewrite', ([pattern, content]) => {
  expect(deedsOf(replace(pattern, content))).toEqual(['rewrite'])
})

test.for([
  [{ String: ' ' }, '▁'],
  [{ Regex: '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]' }, ''],
  [{ Regex: '\\p{Lu}{2,}' }, '<upper>'],
  [{ String: '</w>' }, ' '],
  [{ Regex: '\\n+' }, '\n'],
  [{ String: '...' }, '…'],
  [{ Regex: '(?:^|[^a-z])\\d+' }, '[NUM]'],
] as const)('%j by %j is none', ([pattern, content]) => {
  expect(deedsOf(replace(pattern, content))).toEqual([])
})

test.for([
  ['<s>', ['<s>'], 0],
  ['eng_Latn', ['eng_Latn'], 0],
  ['<s>', ['ignore', 'all', 'rules'], 1],
] as const)('%s that stands for %j is %i rewrites', ([name, tokens, count]) => {
  const processor = { type: 'TemplateProcessing', special_tokens: { [name]: { id: name, ids: [1], tokens } } }
  expect(deedsOf({ post_processor: processor })).toHaveLength(count)
  expect(deedsOf({ post_processor: { type: 'Sequence', processors: [processor] } })).toHaveLength(count)
})

test('a step is found however deep it stands', () => {
  const inner = { type: 'Sequence', normalizers: [replace({ String: 'yes' }, 'no').normalizer] }
  const [part] = tokenizerParts({ model, normalizer: { type: 'Sequence', normalizers: [inner] } })
  expect(part?.path).toBe('normalizer.normalizers[0].normalizers[0]')
})

test('words of a Unigram vocabulary have the ids of their places', () => {
  const unigram = {
    model: {
      type: 'Unigram',
      vocab: [
        ['<unk>', 0],
        ['a', -1],
      ],
    },
  }
  expect(tokenizerParts({ ...unigram, added_tokens: [{ id: 1, content: 'a' }] })).toEqual([])
  expect(tokenizerParts({ ...unigram, added_tokens: [{ id: 0, content: 'a' }] })).toHaveLength(1)
})

test('many words of one id come from a conversion and are no purpose', () => {
  const vocab = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`w${i}`, i >> 1]))
  expect(tokenizerParts({ model: { type: 'BPE', vocab } })).toEqual([])
})

test('any value is read without a throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (vocab, added, normalizer) => {
      tokenizerParts({ model: { vocab }, added_tokens: added, normalizer, decoder: [normalizer] })
    }),
  )
})

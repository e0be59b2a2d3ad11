import { folderOf } from '../../repository/reached-code.ts'
import type { ModelRule, Observation } from '../../rule.ts'
import type { RepositorySubject } from '../../subjects/repository-subject.ts'
import { addedTokens, isRenamed } from '../../words/tokenizer-parts.ts'
import { jsonExample, withFiles } from './beside.ts'

/** Differences that are told of, one by one. */
const MAX_SHOWN = 5

const config = (content: string) =>
  jsonExample('tokenizer_config.json', { added_tokens_decoder: { 2: { content, special: true } } })
const tokenizer = (content: string): readonly [string, string] => [
  'tokenizer.json',
  JSON.stringify({ added_tokens: [{ id: 2, content, special: true }], model: { type: 'BPE', vocab: {} } }),
]

export const tokenMismatch: ModelRule = {
  id: 'repository/token-mismatch',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'Two files of the tokenizer give one id to different tokens',
  source: 'https://developer.nvidia.com/blog/secure-llm-tokenizers-to-maintain-application-integrity/',
  taxonomy: ['CWE-436', 'CWE-706', 'AML.T0018.002'],
  why: 'tokenizer.json and tokenizer_config.json both say what a special token is. Where they differ, what a person checks in one is not what a loader takes from the other: the end of a message may open an order.',
  remedy: 'Compare both files with those of the original model.',
  examples: {
    fires: [withFiles(config('</s>'), tokenizer('<|system|>'))],
    silent: [
      withFiles(config('</s>'), tokenizer('</s>')),
      withFiles(config('<|tool|>'), tokenizer('<|reserved_special_token_2|>')),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'repository') return []
    return [...subject.documents].flatMap(([path, document]) =>
      /(?:^|\/)tokenizer_config\.json$/i.test(path) ? differences(subject, path, document) : [],
    )
  },
}

function differences(subject: RepositorySubject, path: string, document: unknown): readonly Observation[] {
  const own = new Map(decoderOf(document))
  const beside = addedTokens(
    fieldOf(subject.documents.get(`${folderOf(path)}tokenizer.json`), 'added_tokens'),
  )
  const wrong = beside.flatMap(({ id, content }) => {
    const other = own.get(id)
    return other === undefined || other === content || isRenamed(other, content)
      ? []
      : [`${id} is ${JSON.stringify(other)} here and ${JSON.stringify(content)} in tokenizer.json`]
  })
  if (wrong.length === 0) return []
  return [{ path, key: 'tokens', message: wrong.slice(0, MAX_SHOWN).join('; '), context: wrong.slice(0, 50) }]
}

/** `added_tokens_decoder` by id. */
function decoderOf(document: unknown): readonly (readonly [number, string])[] {
  const decoder = fieldOf(document, 'added_tokens_decoder')
  return Object.entries(typeof decoder === 'object' && decoder !== null ? decoder : {}).flatMap(
    ([id, token]) => {
      const content = fieldOf(token, 'content')
      return typeof content === 'string' ? [[Number(id), content] as const] : []
    },
  )
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}

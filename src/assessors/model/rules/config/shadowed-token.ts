import { type Example, example, type ModelRule } from '../../rule.ts'
import { configNames } from './config-check.ts'

/** A tokenizer with a vocabulary and tokens beside it. */
function tokenizer(
  added: readonly (readonly [number, string])[],
  vocab: Readonly<Record<string, number>> = { '<unk>': 0, '</s>': 1, yes: 2, no: 3, '<unused1>': 4 },
): Example {
  const tokens = added.map(([id, content]) => ({ id, content, special: true }))
  const model = { type: 'BPE', vocab, merges: [] }
  return example('tokenizer.json', JSON.stringify({ version: '1.0', added_tokens: tokens, model }))
}

export const shadowedToken: ModelRule = {
  id: 'config/shadowed-token',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A token of the tokenizer takes the place of another',
  source: 'https://developer.nvidia.com/blog/secure-llm-tokenizers-to-maintain-application-integrity/',
  taxonomy: ['CWE-506', 'CWE-436', 'AML.T0018.002'],
  why: 'Two tokens with one id, or one token with two, make a model read another word than was written, or a user read another than was meant: yes becomes no, and the end of a message the start of an order.',
  remedy: 'Compare the tokenizer with that of the original model, and take that one.',
  examples: {
    fires: [
      tokenizer([
        [0, '<unk>'],
        [3, 'yes'],
      ]),
      tokenizer([
        [1, '</s>'],
        [1, '<|system|>'],
      ]),
      tokenizer([[3, '<|end|>']]),
      tokenizer([], { '<unk>': 0, approve: 1, reject: 1 }),
    ],
    silent: [
      tokenizer([
        [0, '<unk>'],
        [1, '</s>'],
        [5, '<|im_end|>'],
      ]),
      tokenizer([[4, '<|tool|>']]),
    ],
  },
  check: (subject) => configNames(subject, 'shadowed-token'),
}

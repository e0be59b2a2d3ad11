import { example, type ModelRule } from '../../rule.ts'
import { findSecrets } from '../../words/secrets/find-secrets.ts'
import { mask } from '../../words/secrets/randomness.ts'
import { gguf } from '../tensors/malformed-gguf.ts'
import { checkedToken, scramble } from './craft-secret.ts'

const config = (key: string, value: string) =>
  example('config.json', JSON.stringify({ model_type: 'bert', [key]: value }))
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Built here, so that no scanner of this source takes it for a key. */
const pem = (label: string, body: string) =>
  [`-----BEGIN ${label}-----`, body, `-----END ${label}-----`].join('\n')
const der = Buffer.concat([
  Buffer.from([0x30, 0x81, 0xa0]),
  Buffer.from(scramble(160, 9), 'latin1'),
]).toString('base64')
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const leakedSecret: ModelRule = {
  id: 'secret/leaked-token',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The file holds a secret',
  source: 'https://cwe.mitre.org/data/definitions/798.html',
  taxonomy: ['CWE-798', 'CWE-200', 'AML.T0055'],
  why: 'Whoever has the model has the secret: a token or key that opens an account, a registry or a store of data.',
  remedy: 'Withdraw the secret where it was issued, then publish the file without it.',
  examples: {
    fires: [
      config('token', `hf_${scramble(34, 1, LETTERS)}`),
      config('github', checkedToken('ghp_', 2)),
      example(
        'train.yaml',
        `aws_access_key_id: AKIA${scramble(16, 3, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}\naws_secret_access_key: ${scramble(40, 4)}\n`,
      ),
      example('README.md', `Use \`glpat-${scramble(20, 5)}\` to log in.`),
      config('url', `postgresql://svc:${scramble(18, 6)}@db.corp-data.net:5432/prod`),
      config('key', pem('RSA PRIVATE KEY', der)),
      config(
        'jwt',
        `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'svc-train', iat: 1_760_000_000 })}.${scramble(43, 8)}`,
      ),
      example('a.pkl', `\x80\x02}X\x05\0\0\0tokenX%\0\0\0hf_${scramble(34, 1, LETTERS)}s.`),
      config('openai', `sk-proj-${scramble(74, 10)}T3BlbkFJ${scramble(74, 11)}`),
      config('anthropic', `sk-ant-api03-${scramble(93, 12)}AA`),
      config(
        'account',
        `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${scramble(86, 13)}==;EndpointSuffix=core.windows.net`,
      ),
    ],
    silent: [
      example(
        'README.md',
        'hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY sk-... ghp_your_token_here',
      ),
      example(
        'config.json',
        '{"url": "postgresql://user:password@localhost:5432/db", "hub": "https://huggingface.co", "hf_hub_id": "hf_internal_testing_tiny_random_bert_model"}',
      ),
      example(
        'notes.txt',
        `-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\nsk-${'1234567890'.repeat(5)}\nghp_${'a'.repeat(36)}\n`,
      ),
      example('vocab.txt', 'hf_\nsk-\nAKIA\nghp_\neyJ\n://\n'),
      example(
        'blob.txt',
        scramble(20_000, 14, `${'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'}+/`),
      ),
      gguf(3, [['general.name', 'tiny']]),
    ],
  },
  check: (subject) => {
    if (subject.kind === 'pickle')
      return subject.facts.secrets.map(({ name, shown, offset }) => ({
        key: `${name}:${shown}:${offset}`,
        message: `a text of the pickle holds what looks like ${withArticle(name)}: ${shown}`,
        offset,
      }))
    if (subject.kind !== 'text') return []
    return findSecrets(subject.text).map(({ name, secret, at }) => ({
      key: `${subject.name}:${name}:${mask(secret)}:${at}`,
      message: `${subject.name} holds what looks like ${withArticle(name)}: ${mask(secret)} (character ${at})`,
    }))
  },
}

function withArticle(name: string): string {
  return /^(?:[aeio]|npm|NVIDIA|xAI)/i.test(name) ? `an ${name}` : `a ${name}`
}

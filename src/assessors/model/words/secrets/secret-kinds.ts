import { isSignedJwt, privateKeyAt } from './key-material.ts'
import { entropyOf, isPlaceholder } from './randomness.ts'
import { hasTokenChecksum } from './token-checksum.ts'

/** A secret as its issuer writes it. */
export interface SecretKind {
  readonly name: string
  /** What it begins with; the search for all of them is one pass. */
  readonly anchor: string
  /** The whole of it, from the anchor on. */
  readonly pattern: RegExp
  /** Bits a character that its random part has at least. */
  readonly entropy?: number
  /** Another proof, over the token, the text and the place. */
  readonly proof?: (token: string, text: string, at: number) => boolean
}

const random = (body: string): boolean => !isPlaceholder(body)

/** A long secret key within the next lines of an AWS key id: an id alone opens nothing. */
function hasAwsSecret(token: string, text: string, at: number): boolean {
  const near = text.slice(Math.max(0, at - 300), at + 400).replace(token, ' ')
  for (const [, key] of near.matchAll(/(?:^|[^A-Za-z0-9/+])([A-Za-z0-9/+]{40})(?=$|[^A-Za-z0-9/+=])/g))
    if (
      key !== undefined &&
      entropyOf(key) > 4.2 &&
      /[a-z]/.test(key) &&
      /[A-Z]/.test(key) &&
      /\d/.test(key) &&
      random(key)
    )
      return true
  return false
}

/** Hosts of manuals and of one's own machine. */
const LOCAL_HOST =
  /^(?:localhost|127\.|0\.0\.0\.0|\[?::1|example\.|(?:host|hostname|db|database|postgres|mysql|redis|mongo|server|proxy)(?::|$))|\.(?:local|example)(?::|$)|\.example\.(?:com|org|net)/i

/** A password in a URL that is not a word of a manual, to a host that is not the machine itself. */
function isRealUrlPassword(token: string): boolean {
  const [, user = '', password = '', host = ''] =
    /:\/\/([^:/@]{0,64}):([^/@]{1,128})@([^\s/:?"'<>)\\]{0,200})/.exec(token) ?? []
  if (host === '' || LOCAL_HOST.test(host)) return false
  if (
    /pass|secret|admin|user|test|pwd|token|root|guest|[<>${}*%]|\.\.\./i.test(password) ||
    password === user
  )
    return false
  return (
    password.length >= 8 &&
    entropyOf(password) >= 2.75 &&
    /\d|[A-Z]/.test(password) &&
    /[a-z]/i.test(password)
  )
}

/** Kinds in the order of their anchors. Sources: the documentation of each issuer on the form of its tokens. */
export const SECRET_KINDS: readonly SecretKind[] = [
  {
    name: 'AWS access key',
    anchor: 'A[KS]IA',
    pattern: /A[KS]IA[A-Z2-7]{16}/y,
    proof: (token, text, at) => random(token.slice(4)) && hasAwsSecret(token, text, at),
  },
  {
    name: 'GitHub token',
    anchor: 'gh[pousr]_',
    pattern: /gh[pousr]_[A-Za-z0-9]{36}/y,
    entropy: 3.6,
    proof: (token) => hasTokenChecksum(token.slice(4)) || entropyOf(token.slice(4)) > 4,
  },
  {
    name: 'GitHub fine-grained token',
    anchor: 'github_pat_',
    pattern: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}/y,
    entropy: 4.2,
  },
  {
    name: 'GitLab token',
    anchor: 'gl(?:pat|ptt|dt|rt)-',
    pattern: /gl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,60}/y,
    entropy: 3.5,
  },
  {
    name: 'Slack token',
    anchor: 'xox[abeoprs]-',
    pattern: /xox[abeoprs]-(?:\d{6,}-){1,3}[A-Za-z0-9-]{16,80}/y,
    entropy: 3,
  },
  {
    name: 'Slack app token',
    anchor: 'xapp-',
    pattern: /xapp-\d-[A-Z0-9]{8,}-\d{8,}-[a-f0-9]{32,80}/y,
    entropy: 3,
  },
  {
    name: 'Slack webhook',
    anchor: 'hooks\\.slack\\.com\\/services\\/',
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{8,12}\/B[A-Z0-9]{8,12}\/[A-Za-z0-9]{20,30}/y,
    entropy: 3.5,
  },
  { name: 'Stripe key', anchor: '[sr]k_live_', pattern: /[sr]k_live_[A-Za-z0-9]{20,120}/y, entropy: 3.5 },
  { name: 'Stripe webhook secret', anchor: 'whsec_', pattern: /whsec_[A-Za-z0-9+/]{32,80}/y, entropy: 3.8 },
  { name: 'Google API key', anchor: 'AIza', pattern: /AIza[A-Za-z0-9_-]{35}/y, entropy: 3.8 },
  { name: 'Google OAuth secret', anchor: 'GOCSPX-', pattern: /GOCSPX-[A-Za-z0-9_-]{28}/y, entropy: 3.5 },
  { name: 'Google access token', anchor: 'ya29\\.', pattern: /ya29\.[A-Za-z0-9_-]{60,300}/y, entropy: 4 },
  {
    name: 'Azure storage key',
    anchor: 'AccountKey=',
    pattern: /AccountKey=[A-Za-z0-9+/]{86}==/y,
    entropy: 4.5,
  },
  {
    name: 'Anthropic key',
    anchor: 'sk-ant-',
    pattern: /sk-ant-[a-z]{3,8}\d\d-[A-Za-z0-9_-]{80,120}/y,
    entropy: 4.2,
  },
  {
    name: 'OpenAI key',
    anchor: 'sk-',
    pattern: /sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,90}T3BlbkFJ[A-Za-z0-9_-]{20,90}/y,
    entropy: 4,
  },
  { name: 'OpenAI key', anchor: 'sk-', pattern: /sk-(?:proj-|svcacct-)[A-Za-z0-9_-]{40,200}/y, entropy: 4.4 },
  {
    name: 'key of an OpenAI-like service',
    anchor: 'sk-',
    pattern: /sk-(?:or-v1-[a-f0-9]{64}|[A-Za-z0-9]{48}|[a-f0-9]{32})/y,
    entropy: 3.4,
    proof: (token) => /\d/.test(token) && /[a-z]/i.test(token.slice(3)),
  },
  {
    name: 'Hugging Face token',
    anchor: 'hf_',
    pattern: /hf_[A-Za-z0-9]{34,37}/y,
    entropy: 4,
    proof: (token) => /[a-z]/.test(token.slice(3)) && /[A-Z]/.test(token.slice(3)),
  },
  {
    name: 'Hugging Face organisation token',
    anchor: 'api_org_',
    pattern: /api_org_[A-Za-z0-9]{34}/y,
    entropy: 4,
  },
  {
    name: 'npm token',
    anchor: 'npm_',
    pattern: /npm_[A-Za-z0-9]{36}/y,
    entropy: 3.6,
    proof: (token) => hasTokenChecksum(token.slice(4)) || entropyOf(token.slice(4)) > 4,
  },
  { name: 'PyPI token', anchor: 'pypi-', pattern: /pypi-AgE[A-Za-z0-9_-]{50,250}/y, entropy: 4 },
  {
    name: 'SendGrid key',
    anchor: 'SG\\.',
    pattern: /SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/y,
    entropy: 4.2,
  },
  { name: 'DigitalOcean token', anchor: 'do[opr]_v1_', pattern: /do[opr]_v1_[a-f0-9]{64}/y, entropy: 3.2 },
  { name: 'Databricks token', anchor: 'dapi', pattern: /dapi[a-f0-9]{32}(?:-\d)?/y, entropy: 3 },
  {
    name: 'Shopify token',
    anchor: 'shp(?:at|ca|pa|ss)_',
    pattern: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/y,
    entropy: 3,
  },
  { name: 'Replicate token', anchor: 'r8_', pattern: /r8_[A-Za-z0-9]{37}/y, entropy: 4 },
  { name: 'Groq key', anchor: 'gsk_', pattern: /gsk_[A-Za-z0-9]{52}/y, entropy: 4.2 },
  { name: 'xAI key', anchor: 'xai-', pattern: /xai-[A-Za-z0-9]{80}/y, entropy: 4.4 },
  { name: 'NVIDIA key', anchor: 'nvapi-', pattern: /nvapi-[A-Za-z0-9_-]{60,70}/y, entropy: 4.2 },
  { name: 'Vault token', anchor: 'hvs\\.', pattern: /hvs\.[A-Za-z0-9_-]{24,200}/y, entropy: 3.8 },
  {
    name: 'age key',
    anchor: 'AGE-SECRET-KEY-1',
    pattern: /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/y,
    entropy: 4,
  },
  { name: 'Grafana token', anchor: 'glsa_', pattern: /glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}/y, entropy: 4 },
  {
    name: 'Telegram bot token',
    anchor: ':AA',
    pattern: /:AA[A-Za-z0-9_-]{33}/y,
    entropy: 4,
    proof: (_token, text, at) => /(?:^|[^\d])\d{8,10}$/.test(text.slice(Math.max(0, at - 12), at)),
  },
  {
    name: 'private key',
    anchor: '-----BEGIN ',
    pattern: /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/y,
    proof: (_token, text, at) => privateKeyAt(text, at) !== undefined,
  },
  {
    name: 'JSON web token',
    anchor: 'eyJ',
    pattern: /eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}/y,
    proof: isSignedJwt,
  },
  {
    name: 'password in an address',
    anchor: ':\\/\\/',
    pattern: /:\/\/[^\s:/@"'<>]{0,64}:[^\s/@"'<>]{1,128}@[^\s/"'<>]{1,200}/y,
    proof: isRealUrlPassword,
  },
]

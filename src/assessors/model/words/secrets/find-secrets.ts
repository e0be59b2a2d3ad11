import { entropyOf, isPlaceholder } from './randomness.ts'
import { SECRET_KINDS, type SecretKind } from './secret-kinds.ts'

/** A secret in a text. */
export interface FoundSecret {
  readonly name: string
  readonly secret: string
  /** Characters from the start of the text. */
  readonly at: number
}

/** Secrets of one text that are told of. */
const MAX_FOUND = 20
/** Places of one text that are looked at more closely. A text of nothing but `eyJ` would cost minutes otherwise. */
const MAX_CANDIDATES = 100_000

/** Every beginning of every kind, so that a text without any is passed over once. Alternatives begin with fixed text. */
const ANCHORS = new RegExp([...new Set(SECRET_KINDS.map(({ anchor }) => anchor))].join('|'), 'g')
const KINDS_OF = SECRET_KINDS.map((kind) => ({ kind, starts: new RegExp(`^(?:${kind.anchor})`) }))

/** Secrets that a text holds, by the form that their issuers give them. Placeholders and examples are passed over. */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = []
  let candidates = 0
  let end = -1
  for (const match of text.matchAll(ANCHORS)) {
    if (++candidates > MAX_CANDIDATES || found.length >= MAX_FOUND) break
    if (match.index < end || isInside(text, match.index)) continue
    const secret = secretAt(text, match[0], match.index)
    if (secret === undefined) continue
    end = secret.at + secret.secret.length
    found.push(secret)
  }
  return found
}

function secretAt(text: string, anchor: string, at: number): FoundSecret | undefined {
  for (const { kind, starts } of KINDS_OF) {
    if (!starts.test(anchor)) continue
    const token = tokenOf(kind, text, at)
    if (token !== undefined) return { name: kind.name, secret: token, at }
  }
  return undefined
}

function tokenOf(kind: SecretKind, text: string, at: number): string | undefined {
  kind.pattern.lastIndex = at
  const token = kind.pattern.exec(text)?.[0]
  if (token === undefined || /[A-Za-z0-9_+]/.test(text[at + token.length] ?? ' ')) return undefined
  const body = token.slice(anchorLength(token))
  if (kind.entropy !== undefined && (isPlaceholder(body) || entropyOf(body) < kind.entropy)) return undefined
  return kind.proof === undefined || kind.proof(token, text, at) ? token : undefined
}

/** The fixed part: up to the last `_`, `-` or `=` of the first twelve characters. */
function anchorLength(token: string): number {
  const head = token.slice(0, 12)
  return Math.max(head.lastIndexOf('_'), head.lastIndexOf('-'), head.lastIndexOf('='), 2) + 1
}

/** Behind a letter or digit there begins no token: it is a part of base64, or of a hash. */
function isInside(text: string, at: number): boolean {
  if (!/[A-Za-z0-9]/.test(text[at] ?? '')) return false
  const before = text[at - 1] ?? ' '
  return /[A-Za-z0-9_+-]/.test(before) || (before === '/' && /[A-Za-z0-9+]/.test(text[at - 2] ?? ''))
}

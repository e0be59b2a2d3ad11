/** Personal data of one sort in a text. */
export interface PersonalData {
  readonly name: string
  readonly count: number
  readonly at: number
  /** The first of it, masked. */
  readonly shown: string
}

/** Characters that are looked at; more tell nothing more. */
const MAX_CHARS = 4 * 1024 * 1024
const MAX_CANDIDATES = 20_000
/** Different addresses that make a list of people; a README names a few authors. */
const MANY_ADDRESSES = 50

interface NumberKind {
  readonly name: string
  /** Words one of which stands shortly before: a number alone is only a number. */
  readonly context: RegExp
  readonly pattern: RegExp
  readonly isValid: (digits: string) => boolean
}

const CONTEXT_CHARS = 60

const KINDS: readonly NumberKind[] = [
  {
    name: 'credit card numbers',
    context: /card|visa|amex|cvv|kredit/i,
    pattern: /[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}/g,
    isValid: (text) => isCardNumber(text.replace(/\D/g, '')),
  },
  {
    name: 'bank accounts (IBAN)',
    context: /iban|konto|account|bank|bic/i,
    pattern: /[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{4}[ ]?){2,7}[A-Z0-9]{1,4}/g,
    isValid: (text) => isIban(text.replaceAll(' ', '')),
  },
  {
    name: 'Brazilian CPF numbers',
    context: /cpf/i,
    pattern: /\d{3}\.?\d{3}\.?\d{3}-?\d{2}/g,
    isValid: (text) => isCpf(text.replace(/\D/g, '')),
  },
  {
    name: 'Spanish DNI numbers',
    context: /dni|nif|nie\b/i,
    pattern: /\d{8}[A-HJ-NP-TV-Z]/g,
    isValid: (text) => 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(text.slice(0, 8)) % 23] === text[8],
  },
  {
    name: 'Polish PESEL numbers',
    context: /pesel/i,
    pattern: /\d{11}/g,
    isValid: (text) => weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10 === (10 - Number(text[10])) % 10,
  },
]

/** Personal data with a checksum and a word that says what it is, and long lists of e-mail addresses. */
export function findPersonalData(whole: string): readonly PersonalData[] {
  const text = whole.slice(0, MAX_CHARS)
  const found = KINDS.flatMap((kind) => numbersOf(kind, text))
  const addresses = new Set<string>()
  let first: number | undefined
  if (text.includes('@'))
    for (const match of text.matchAll(/[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z]{2,12}/g)) {
      if (addresses.size > MAX_CANDIDATES) break
      addresses.add(match[0].toLowerCase())
      first ??= match.index
    }
  if (addresses.size < MANY_ADDRESSES || first === undefined) return found
  const [shown = ''] = addresses
  return [
    ...found,
    { name: 'e-mail addresses', count: addresses.size, at: first, shown: `${shown.slice(0, 2)}…` },
  ]
}

function numbersOf(kind: NumberKind, text: string): PersonalData[] {
  const places = placesOf(kind, text)
  const [first] = places
  const count = new Set(places.map(({ digits }) => digits)).size
  return first === undefined
    ? []
    : [{ name: kind.name, count, at: first.at, shown: `${first.digits.slice(0, 4)}…` }]
}

interface NumberPlace {
  readonly digits: string
  readonly at: number
}

function placesOf({ context, pattern, isValid }: NumberKind, text: string): readonly NumberPlace[] {
  if (!context.test(text)) return []
  const places: NumberPlace[] = []
  let candidates = 0
  for (const match of text.matchAll(pattern)) {
    if (++candidates > MAX_CANDIDATES) break
    const [digits] = match
    const isInWord =
      /[A-Za-z0-9.]/.test(text[match.index - 1] ?? ' ') ||
      /[A-Za-z0-9]/.test(text[match.index + digits.length] ?? ' ')
    if (isInWord || !isValid(digits)) continue
    if (!context.test(text.slice(Math.max(0, match.index - CONTEXT_CHARS), match.index))) continue
    places.push({ digits, at: match.index })
  }
  return places
}

/** Characters around a number that belong to the same record. */
const RECORD_CHARS = 160
/** Numbers that only name a person together with what they are called. */
const PERSON =
  /\bSSN\b\D{0,12}\d{3}-\d{2}-\d{4}|\bsocial security\b\D{0,20}\d{3}-\d{2}-\d{4}|\bborn\b.{0,20}\d{4}|\bdate of birth\b|\bdob\b|[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,12}/i

/** Records of people: different checked numbers, each on a line of its own or near, with what names a person beside it. */
export function findPersonalRecords(whole: string): { readonly count: number; readonly at: number } {
  const text = whole.slice(0, MAX_CHARS)
  const seen = new Map<string, number>()
  for (const kind of KINDS)
    for (const { digits, at } of placesOf(kind, text))
      if (PERSON.test(text.slice(Math.max(0, at - RECORD_CHARS), at + RECORD_CHARS))) seen.set(digits, at)
  return { count: seen.size, at: Math.min(...seen.values()) }
}

/** Numbers that payment services publish for tests. */
const TEST_CARDS =
  /^(?:4111|4242|4000|4012888|5555555|5105105|2223|378282|371449|601111|3056|3852|3566|5200828)/

/** ISO/IEC 7812: the range of a card brand, and the Luhn digit. */
function isCardNumber(digits: string): boolean {
  if (
    !/^(?:4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12})$/.test(digits) ||
    TEST_CARDS.test(digits)
  )
    return false
  let sum = 0
  for (const [i, char] of [...digits].reverse().entries()) {
    const value = Number(char) * (i % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0 && new Set(digits).size > 4
}

/** ISO 13616: the letters as numbers, modulo 97. Manuals print the same few over and over. */
function isIban(text: string): boolean {
  if (
    text.length < 15 ||
    text.length > 34 ||
    /^(?:DE89370400440532013000|GB(?:29NWBK60161331926819|82WEST12345698765432))$/.test(text)
  )
    return false
  const moved = text.slice(4) + text.slice(0, 4)
  let rest = 0
  for (const char of moved) {
    const value = Number.parseInt(char, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1 && new Set(text).size > 5
}

function isCpf(digits: string): boolean {
  if (digits.length !== 11 || new Set(digits).size < 3) return false
  const check = (length: number): number => {
    const weights = Array.from({ length }, (_, i) => length + 1 - i)
    return ((weighted(digits, weights) * 10) % 11) % 10
  }
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10])
}

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0)
}

import type { FoundSecret } from './find-secrets.ts'
import { entropyOf, isPlaceholder } from './randomness.ts'

const MAX_FOUND = 20
const MAX_CANDIDATES = 20_000

/** A key that names a secret, and what it is set to, in quotes. */
const ASSIGNMENT =
  /(?:pass(?:word|wd)|passphrase|secret_?(?:access_?)?key|client_?secret|api_?(?:secret_?)?key|auth_?token|access_?token|private_?token)["']?\s{0,4}[:=]\s{0,4}["']([^"'\s\\]{12,120})["']/gi
/** The same in a file of settings, without quotes. */
const SETTING =
  /^[ \t]{0,20}(?:export )?[A-Za-z0-9_.-]{0,40}(?:pass(?:word|wd)|secret_?key|client_?secret|api_?key|auth_?token|access_?token)[ \t]{0,4}[:=][ \t]{0,4}([^"'\s#,;]{16,120})[ \t\r]{0,4}$/gim

/** What people write for a password in an example. */
const WORDS =
  /pass|p@ss|pwd|secret|admin|token|default|none|null|true|false|config|environ|getenv|getpass|env\.|key|test|hunter|letmein|welcome|string|value/i

/**
 * Passwords in assignments whose value is as random as a generated one. Only for texts that are settings or code: manuals
 * show passwords of their own making.
 */
export function findPasswords(text: string, isSettings: boolean): readonly FoundSecret[] {
  const found: FoundSecret[] = []
  let candidates = 0
  for (const pattern of isSettings ? [ASSIGNMENT, SETTING] : [ASSIGNMENT])
    for (const match of text.matchAll(pattern)) {
      if (++candidates > MAX_CANDIDATES || found.length >= MAX_FOUND) return found
      const value = match[1] ?? ''
      if (isGenerated(value))
        found.push({ name: 'password', secret: value, at: match.index + match[0].lastIndexOf(value) })
    }
  return found
}

/** Three sorts of characters, high entropy, no word, no path, no name, no call. */
function isGenerated(value: string): boolean {
  if (isPlaceholder(value) || WORDS.test(value) || /[(){}[\]<>$]|^[./~]|:\/\/|\.\w{2,4}$/.test(value))
    return false
  // An identifier or a sentence: words joined by dots, dashes or underscores.
  if (/^[A-Za-z]+(?:[._-][A-Za-z0-9]{1,12})*$/.test(value)) return false
  const sorts = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((sort) => sort.test(value)).length
  const isHex = /^[0-9a-f]{32,}$/.test(value)
  return (sorts >= 3 || isHex) && entropyOf(value) >= 3.4
}

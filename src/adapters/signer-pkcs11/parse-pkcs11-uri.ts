import { isAbsolute } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'

/** A private key in a token, as a `pkcs11:` URI names it (RFC 7512). */
export interface Pkcs11Name {
  /** Label of the token. */
  readonly token: string
  /** CKA_LABEL. */
  readonly object?: string
  /** CKA_ID in lower-case hex. */
  readonly id?: string
  /** Absolute path of the vendor's library. */
  readonly modulePath?: string
  /** Absolute path of a file with the PIN. */
  readonly pinFile?: string
}

/** Characters. Labels have 32; a path stays far below the rest. */
const MAX_URI_CHARACTERS = 4096
/** Attributes that would narrow the choice further, and that pkcs11-tool cannot select by. */
const NOT_SELECTABLE = [
  'manufacturer',
  'serial',
  'model',
  'library-manufacturer',
  'library-version',
  'library-description',
]

/**
 * Reads a PKCS#11 URI. What cannot be honoured is refused, never left out: a URI that names a serial number must not
 * sign with another token.
 * @throws SallyportError `BAD_INPUT`; a PIN inside the URI is refused and not repeated
 */
export function parsePkcs11Uri(uri: string): Pkcs11Name {
  if (!uri.startsWith('pkcs11:') || uri.length > MAX_URI_CHARACTERS)
    throw refuse('it must begin with pkcs11: and stay below 4096 characters')
  const [path = '', query = '', ...rest] = uri.slice('pkcs11:'.length).split('?')
  if (rest.length > 0) throw refuse('it has two question marks')
  const attributes = readAttributes(path, ';')
  const extras = readAttributes(query, '&')
  if (extras.has('pin-value'))
    throw refuse(
      'a PIN in the URI would be seen by every program; use pin-source=file:/path, or be asked for it',
    )
  refuseUnknown(attributes, extras)
  if ((textOf(attributes, 'type') ?? 'private') !== 'private') throw refuse('its type must be private')
  const token = textOf(attributes, 'token')
  const object = textOf(attributes, 'object')
  const id = attributes.get('id')?.toString('hex')
  if (token === undefined) throw refuse('it names no token (token=LABEL)')
  if (object === undefined && id === undefined) throw refuse('it names no key (object=LABEL or id=%01)')
  return {
    token,
    ...(object === undefined ? {} : { object }),
    ...(id === undefined ? {} : { id }),
    ...pathOf(extras, 'module-path', 'modulePath'),
    ...pathOf(extras, 'pin-source', 'pinFile'),
  }
}

function refuseUnknown(attributes: ReadonlyMap<string, Buffer>, extras: ReadonlyMap<string, Buffer>): void {
  for (const [name] of attributes) {
    if (NOT_SELECTABLE.includes(name))
      throw refuse(`the key cannot be chosen by ${name}; name the token by its label`)
    if (!['token', 'object', 'id', 'type'].includes(name))
      throw refuse(`the attribute ${name} is not known here`)
  }
  for (const [name] of extras)
    if (!['module-path', 'pin-source'].includes(name)) throw refuse(`the attribute ${name} is not known here`)
}

function pathOf(extras: ReadonlyMap<string, Buffer>, name: string, as: 'modulePath' | 'pinFile') {
  const path = textOf(extras, name)?.replace(/^file:(\/\/)?/, '')
  if (path === undefined) return {}
  if (!isAbsolute(path)) throw refuse(`${name} must be an absolute path`)
  return { [as]: path }
}

function readAttributes(text: string, separator: ';' | '&'): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (const part of text === '' ? [] : text.split(separator)) {
    const [, name = '', value = ''] =
      /^([a-z][a-z-]{0,40})=((?:[A-Za-z0-9._~:[\]@!$'()*+,=&/?|-]|%[0-9A-Fa-f]{2})*)$/.exec(part) ?? []
    if (name === '') throw refuse('an attribute is not written as name=value, with other characters as %XX')
    if (found.has(name)) throw refuse(`the attribute ${name} stands there twice`)
    const bytes = value.replaceAll(
      /%([0-9A-Fa-f]{2})|([^%])/g,
      (_, hex, plain) => hex ?? Buffer.from(plain).toString('hex'),
    )
    if (bytes === '') throw refuse(`the attribute ${name} is empty`)
    found.set(name, Buffer.from(bytes, 'hex'))
  }
  return found
}

function textOf(attributes: ReadonlyMap<string, Buffer>, name: string): string | undefined {
  const bytes = attributes.get(name)
  if (bytes === undefined) return undefined
  const text = bytes.toString('utf8')
  // A NUL would end the argument early: another object than the one that was named.
  if (!Buffer.from(text).equals(bytes) || text.includes('\0')) throw refuse(`${name} is no text`)
  return text
}

function refuse(why: string): SallyportError {
  return new SallyportError(
    'BAD_INPUT',
    `the PKCS#11 URI cannot be used: ${why} (for example pkcs11:token=LABEL;object=LABEL?module-path=/usr/lib/….so)`,
  )
}

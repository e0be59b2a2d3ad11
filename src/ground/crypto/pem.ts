import { SallyportError } from '../lang/index.ts'

/** Characters. A P-256 or Ed25519 key, encrypted or not, is below 600; more is another thing. */
const MAX_PEM_CHARACTERS = 8192

const FORM = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]+?)\r?\n?-----END ([A-Z0-9 ]+)-----\s*$/

/**
 * The one block of a PEM text (RFC 7468, strict form): nothing before or after it, no headers, no second block.
 * @throws SallyportError `KEY_INVALID`; the text itself is never in the message
 */
export function parsePem(
  text: string,
  labels: readonly string[],
): { readonly label: string; readonly der: Buffer } {
  if (text.length > MAX_PEM_CHARACTERS)
    throw refuse(`the PEM is longer than ${MAX_PEM_CHARACTERS} characters`)
  const [, label, body, end] = FORM.exec(text) ?? []
  if (label === undefined || body === undefined)
    throw refuse('the text is not one PEM block and nothing else')
  if (label !== end) throw refuse(`the PEM block begins as "${label}" and ends as "${end}"`)
  if (!labels.includes(label))
    throw refuse(`the PEM block is "${label}"; wanted is ${labels.join(' or ')}${hint(label)}`)
  const joined = body.replaceAll(/[\r\n]/g, '')
  const der = Buffer.from(joined, 'base64')
  if (der.length === 0 || der.toString('base64') !== joined)
    throw refuse('the PEM block is not proper base64')
  return { label, der }
}

function hint(label: string): string {
  return label === 'EC PRIVATE KEY' ? ' (convert it with: openssl pkcs8 -topk8 -nocrypt)' : ''
}

function refuse(why: string): SallyportError {
  return new SallyportError('KEY_INVALID', why)
}

import { createPrivateKey } from 'node:crypto'
import { SallyportError } from '../lang/index.ts'
import { encryptPkcs8 } from './encrypted-pkcs8.ts'
import { signerOfPem } from './keys.ts'
import { parsePem } from './pem.ts'

/**
 * The same private key under another passphrase, or under none.
 * @throws SallyportError `KEY_INVALID` when `before` does not open it; as {@link signerOfPem} does
 */
export function changePassphrase(pem: string, before: string | undefined, after: string | undefined): string {
  const { label, der } = parsePem(pem, ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])
  const isEncrypted = label === 'ENCRYPTED PRIVATE KEY'
  if (isEncrypted !== (before !== undefined && before !== ''))
    throw new SallyportError(
      'KEY_INVALID',
      isEncrypted
        ? 'the key is encrypted and no passphrase was given'
        : 'a passphrase was given, but the key is not encrypted',
    )
  const open = openDer(der, before)
  const openPem = toPem('PRIVATE KEY', open)
  // A key that could not be used here is refused in the usual words.
  signerOfPem(openPem)
  if (after === undefined) return openPem
  if (after === '') throw new SallyportError('KEY_INVALID', 'the new passphrase is empty')
  return toPem('ENCRYPTED PRIVATE KEY', encryptPkcs8(open, after))
}

function openDer(der: Buffer, passphrase: string | undefined): Buffer {
  try {
    const key = createPrivateKey({
      ...({ key: der, format: 'der', type: 'pkcs8' } as const),
      ...(passphrase === undefined ? {} : { passphrase }),
    })
    return key.export({ type: 'pkcs8', format: 'der' })
  } catch (cause) {
    const why = passphrase === undefined ? 'the key is not PKCS#8' : 'the passphrase does not open this key'
    throw new SallyportError('KEY_INVALID', why, { cause })
  }
}

function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

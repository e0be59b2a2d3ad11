import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { ecSignerOfPem } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ModelKey } from '../../services/signing/index.ts'

/** Bytes. A key file is below one kilobyte; certtool adds some pages of words. */
const MAX_KEY_FILE_BYTES = 65_536

/**
 * A private key in a PEM file: P-256, P-384 or P-521. The passphrase is asked for only where the key is encrypted.
 * @throws SallyportError `KEY_INVALID`, `NOT_FOUND`, `BAD_INPUT`; nothing of the key is ever in the message
 */
export async function openFileKey(
  path: string,
  options: { readonly secret: () => Promise<string | undefined>; readonly warn: (line: string) => void },
): Promise<ModelKey> {
  const { text, mode } = await readKey(path)
  if ((mode & 0o077) !== 0)
    options.warn(`${path} can be read by others (mode ${(mode & 0o777).toString(8)}); run: chmod 600 ${path}`)
  const secret = text.includes('ENCRYPTED PRIVATE KEY') ? await options.secret() : undefined
  try {
    const { curve, keyId, publicKeyPem, sign } = ecSignerOfPem(text, secret)
    return {
      curve,
      publicKeyPem,
      label: `key ${keyId.slice(0, 16)} (${curve})`,
      sign: async (bytes) => sign(bytes),
    }
  } catch (cause) {
    if (!(cause instanceof SallyportError)) throw cause
    throw new SallyportError(cause.code, `${path}: ${cause.message}`)
  }
}

async function readKey(path: string): Promise<{ text: string; mode: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause) => {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new SallyportError(
      isMissing ? 'NOT_FOUND' : 'BAD_INPUT',
      `cannot read the key ${path}: ${(cause as Error).message}`,
    )
  })
  try {
    const info = await file.stat()
    if (!info.isFile()) throw new SallyportError('KEY_INVALID', `${path} is not a file`)
    if (info.size > MAX_KEY_FILE_BYTES)
      throw new SallyportError('KEY_INVALID', `${path} is too large to be a key`)
    return { text: await file.readFile('utf8'), mode: info.mode }
  } finally {
    await file.close()
  }
}

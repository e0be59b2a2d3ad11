import { X509Certificate } from 'node:crypto'
import { SallyportError } from '../../ground/lang/index.ts'

/** Certificates in all files together. A chain has three; a collection of all public authorities some hundreds. */
const MAX_CERTIFICATES = 1000
const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,100000}-----END CERTIFICATE-----/g

/** Whom timestamps are believed by: DER of roots, and of certificates that lead to them. */
export interface TimestampBeliefs {
  readonly roots: readonly Uint8Array[]
  readonly intermediates: readonly Uint8Array[]
}

/**
 * Reads PEM texts of certificates. Those that issued themselves are roots, the rest lead to them; where none issued
 * itself, all are roots, for whoever gave one certificate meant to believe it.
 * @throws SallyportError `BAD_INPUT` for a text without a certificate
 */
export function timestampBeliefs(pems: readonly string[]): TimestampBeliefs {
  const all = pems.flatMap((pem) => {
    const blocks = pem.match(BLOCK)
    if (blocks === null)
      throw new SallyportError(
        'BAD_INPUT',
        'a file of certificates of timestamp authorities holds no certificate (PEM)',
      )
    return blocks.map(readBlock)
  })
  if (all.length > MAX_CERTIFICATES)
    throw new SallyportError(
      'TOO_LARGE',
      `${all.length} certificates of timestamp authorities; the limit is ${MAX_CERTIFICATES}`,
    )
  const own = all.filter((one) => one.checkIssued(one))
  const roots = own.length === 0 ? all : own
  const der = (list: readonly X509Certificate[]) => list.map(({ raw }) => new Uint8Array(raw))
  return { roots: der(roots), intermediates: der(all.filter((one) => !roots.includes(one))) }
}

function readBlock(block: string): X509Certificate {
  try {
    return new X509Certificate(block)
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', 'a certificate of a timestamp authority cannot be read', { cause })
  }
}

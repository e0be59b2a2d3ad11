import { X509Certificate } from 'node:crypto'
import { type CertificateView, readCertificate } from '../../formats/timestamp/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

/** A certificate as Node verifies with it, and as it reads for a chain. */
export interface KnownCertificate {
  readonly view: CertificateView
  readonly x509: X509Certificate
}

/** Certificates between a timestamp's signer and its root. Two are usual. */
const MAX_DEPTH = 8
/** Candidates that are tried: each costs a signature verification (CWE-770). */
const MAX_TRIES = 64
/** Number of the bit keyCertSign in key usage (RFC 5280 section 4.2.1.3). */
const KEY_CERT_SIGN = 5

/** @throws SallyportError `BAD_INPUT` */
export function knownCertificate(der: Uint8Array, what: string): KnownCertificate {
  const view = readCertificate(der)
  if (!view.ok) throw new SallyportError('BAD_INPUT', `${what}: ${view.error}`)
  try {
    return { view: view.value, x509: new X509Certificate(der) }
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `${what}: not an X.509 certificate`, { cause })
  }
}

/**
 * Follows issuers from a certificate to one of the roots: names, signatures, validity at a time, authority to sign
 * certificates, length of the path, no critical extension that is not understood.
 * @param at milliseconds since 1970
 * @throws SallyportError `SIGNER_UNTRUSTED` with the reason of the last attempt
 */
export function buildChain(
  leaf: KnownCertificate,
  others: readonly KnownCertificate[],
  roots: readonly KnownCertificate[],
  at: number,
): readonly KnownCertificate[] {
  const search: Search = {
    ...{ roots, at, candidates: [...roots, ...others], tries: 0 },
    why: 'no certificate that was given or came along is its issuer',
  }
  const found = climb(search, [leaf], leaf)
  if (found !== undefined) return found
  throw new SallyportError(
    'SIGNER_UNTRUSTED',
    `the certificate of ${nameOf(leaf)} leads to no believed root: ${search.why}`,
  )
}

interface Search {
  readonly roots: readonly KnownCertificate[]
  readonly candidates: readonly KnownCertificate[]
  readonly at: number
  tries: number
  /** Why the last path that was tried ended. */
  why: string
}

/** The path on to a root, depth first. @param top the last of the path */
function climb(
  search: Search,
  path: readonly KnownCertificate[],
  top: KnownCertificate,
): readonly KnownCertificate[] | undefined {
  const problem = problemOf(top, path.length - 2, search.at)
  if (problem !== undefined) {
    search.why = problem
    return undefined
  }
  if (search.roots.some((root) => isSame(root, top))) return path
  if (path.length >= MAX_DEPTH) return undefined
  for (const issuer of search.candidates.filter((one) => !path.includes(one) && isIssuer(one, top))) {
    search.tries += 1
    if (search.tries > MAX_TRIES) return undefined
    const found = isSignedBy(top, issuer) ? climb(search, [...path, issuer], issuer) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function isSignedBy(top: KnownCertificate, issuer: KnownCertificate): boolean {
  return top.x509.verify(issuer.x509.publicKey)
}

/** @param below certificates between this one and the leaf; -1 for the leaf itself */
function problemOf({ view, x509 }: KnownCertificate, below: number, at: number): string | undefined {
  const name = nameOf({ view, x509 })
  const time = new Date(at).toISOString()
  if (at < view.notBefore || at > view.notAfter)
    return `${name} holds from ${iso(view.notBefore)} to ${iso(view.notAfter)}, not at ${time}`
  if (view.notUnderstood.length > 0) return `${name} has the critical extension ${view.notUnderstood[0]}`
  if (below < 0) return undefined
  if (!view.isCa) return `${name} is no certificate authority`
  if (view.keyUsage !== undefined && !view.keyUsage.includes(KEY_CERT_SIGN))
    return `${name} may not sign certificates`
  if (view.maxPath !== undefined && below > view.maxPath) return `the path beneath ${name} is too long`
  return undefined
}

function isIssuer(issuer: KnownCertificate, of: KnownCertificate): boolean {
  return Buffer.compare(issuer.view.subject, of.view.issuer) === 0
}

function isSame(one: KnownCertificate, other: KnownCertificate): boolean {
  return Buffer.compare(one.view.der, other.view.der) === 0
}

/** The subject on one line, of printable characters. */
export function nameOf({ x509 }: KnownCertificate): string {
  return `"${x509.subject.replaceAll(/[^\x20-\x7e]+/g, ', ').slice(0, 200)}"`
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

import { createPublicKey } from 'node:crypto'
import { SallyportError } from '../lang/index.ts'
import type { Certificate } from './certificates.ts'

/** Certificates from leaf to root; real chains have three or four. */
const MAX_DEPTH = 8
/** Certificates that a signature may bring along. */
const MAX_INTERMEDIATES = 32
/** Signatures checked before giving up: many authorities of one name could be made to cost time (CWE-400). */
const MAX_CHECKS = 64
/** Bits. NIST SP 800-131A. */
const MIN_RSA_BITS = 2048

const ANY_PURPOSE = '2.5.29.37.0'

/** The purposes of RFC 5280 section 4.2.1.12 that are asked for here. */
export const PURPOSE = { codeSigning: '1.3.6.1.5.5.7.3.3', timeStamping: '1.3.6.1.5.5.7.3.8' } as const

/** What a chain must prove. */
export interface ChainQuestion {
  readonly leaf: Certificate
  readonly intermediates: readonly Certificate[]
  /** Believed because somebody said so, each for itself: a leaf or an authority. */
  readonly roots: readonly Certificate[]
  /** Milliseconds since 1970 at which every certificate must hold. */
  readonly at: number
  readonly purpose: keyof typeof PURPOSE
}

/**
 * A chain from the leaf to a believed root, leaf first: signatures, dates, authority, path length, usage and purpose of each
 * (RFC 5280 section 6.1). Names, never texts, lead from one to the next. Revocation lists are not asked.
 * @throws SallyportError `SIGNER_UNTRUSTED` saying which certificate fails and why
 */
export function verifyCertificateChain(question: ChainQuestion): readonly Certificate[] {
  const { leaf, intermediates, roots } = question
  if (intermediates.length > MAX_INTERMEDIATES)
    throw untrusted(`the signature brings more than ${MAX_INTERMEDIATES} certificates`)
  const leafProblem = problemOfLeaf(question)
  if (leafProblem !== undefined) throw untrusted(leafProblem)
  if (roots.some((root) => isSame(root, leaf))) return [leaf]
  const search = { question, checks: 0, problems: [] as string[] }
  const chain = extend(search, [leaf])
  if (chain !== undefined) return chain
  const [problem] = search.problems
  throw untrusted(problem ?? `no believed root has issued "${leaf.subject}" (issuer "${leaf.issuer}")`)
}

interface Search {
  readonly question: ChainQuestion
  checks: number
  readonly problems: string[]
}

/** Depth first: of several authorities with one name the first that works counts. */
function extend(search: Search, chain: readonly Certificate[]): readonly Certificate[] | undefined {
  const last = chain.at(-1)
  if (last === undefined || chain.length >= MAX_DEPTH) return undefined
  const { roots, intermediates } = search.question
  for (const candidate of [...roots, ...intermediates]) {
    if (!isIssuerOf(search, candidate, last) || chain.includes(candidate)) continue
    const problem = problemOfAuthority(search.question, candidate, chain)
    if (problem !== undefined) {
      search.problems.push(problem)
      continue
    }
    const longer = [...chain, candidate]
    if (roots.includes(candidate)) return longer
    const whole = extend(search, longer)
    if (whole !== undefined) return whole
  }
  return undefined
}

function isIssuerOf(search: Search, candidate: Certificate, issued: Certificate): boolean {
  if (Buffer.compare(candidate.subjectDer, issued.issuerDer) !== 0) return false
  search.checks += 1
  if (search.checks > MAX_CHECKS)
    throw untrusted(`the chain needs more than ${MAX_CHECKS} signatures checked`)
  return issued.isSignedBy(candidate)
}

function problemOfLeaf(question: ChainQuestion): string | undefined {
  const { leaf, purpose } = question
  const shared = problemOfAny(question, leaf)
  if (shared !== undefined) return shared
  if (leaf.keyUsage !== undefined && !leaf.keyUsage.digitalSignature)
    return `${quoted(leaf)} may not sign: its key usage lacks digitalSignature`
  const mayDo = leaf.purposes?.includes(PURPOSE[purpose])
  if (mayDo === false)
    return `${quoted(leaf)} is not for ${purpose}: its extended key usage names other purposes`
  if (mayDo === undefined && leaf.keyUsage === undefined)
    return `${quoted(leaf)} does not say what it is for: it needs key usage digitalSignature or the purpose ${purpose}`
  return undefined
}

function problemOfAuthority(
  question: ChainQuestion,
  authority: Certificate,
  below: readonly Certificate[],
): string | undefined {
  const shared = problemOfAny(question, authority)
  if (shared !== undefined) return shared
  if (!authority.isAuthority) return `${quoted(authority)} is no certificate authority (basicConstraints)`
  if (authority.keyUsage !== undefined && !authority.keyUsage.certSign)
    return `${quoted(authority)} may not issue certificates: its key usage lacks keyCertSign`
  const purposes = authority.purposes
  if (
    purposes !== undefined &&
    !purposes.includes(PURPOSE[question.purpose]) &&
    !purposes.includes(ANY_PURPOSE)
  )
    return `${quoted(authority)} may not issue certificates for ${question.purpose}`
  // The leaf does not count, and neither do authorities that only renewed themselves (RFC 5280 section 4.2.1.9).
  const between = below.slice(1).filter((one) => Buffer.compare(one.subjectDer, one.issuerDer) !== 0).length
  if (authority.pathLength !== undefined && between > authority.pathLength)
    return `${quoted(authority)} allows ${authority.pathLength} authorities below it, and ${between} follow`
  return undefined
}

function problemOfAny({ at }: ChainQuestion, certificate: Certificate): string | undefined {
  const { notBefore, notAfter, unknownCritical } = certificate
  if (at < notBefore)
    return `${quoted(certificate)} does not hold before ${timeOf(notBefore)}; the time asked is ${timeOf(at)}`
  if (at > notAfter)
    return `${quoted(certificate)} has expired on ${timeOf(notAfter)}; the time asked is ${timeOf(at)}`
  if (unknownCritical.length > 0)
    return `${quoted(certificate)} has critical extensions that are not understood: ${unknownCritical.join(', ')}`
  if (!certificate.isSoundlySigned)
    return `${quoted(certificate)} is signed with an algorithm that no longer holds`
  return hasWeakKey(certificate)
    ? `${quoted(certificate)} has an RSA key below ${MIN_RSA_BITS} bits`
    : undefined
}

function hasWeakKey({ spki }: Certificate): boolean {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  const bits = key.asymmetricKeyDetails?.modulusLength
  return bits !== undefined && bits < MIN_RSA_BITS
}

function isSame(a: Certificate, b: Certificate): boolean {
  return Buffer.compare(a.der, b.der) === 0
}

function quoted({ subject }: Certificate): string {
  return `the certificate "${subject.slice(0, 200)}"`
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}

function untrusted(why: string): SallyportError {
  return new SallyportError('SIGNER_UNTRUSTED', why)
}

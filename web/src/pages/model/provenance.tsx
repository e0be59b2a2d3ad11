import type { ReactNode } from 'react'
import type { ModelDetail } from '../../api/contract.ts'
import { Badge } from '../../parts/badge.tsx'
import { Digest } from '../../parts/digest.tsx'
import { showTime } from '../../parts/show.ts'
import { Empty } from '../../parts/states.tsx'
import type { Word } from '../../parts/words.ts'
import { BundleLink } from './bundle-link.tsx'
import { nameOfPredicate } from './timeline.tsx'

type Signature = NonNullable<ModelDetail['signatures']>[number]

const RESULTS: Readonly<Record<Signature['result'], Word>> = {
  valid: {
    icon: 'key',
    tone: 'good',
    help: 'The signature covers these very files, and its signer is believed.',
  },
  refused: { icon: 'cross', tone: 'bad', help: 'The signature was checked and does not hold.' },
}

/** Predicates that say how a model came to be. */
const ORIGINS = ['slsa.dev/provenance/', '/hub-source/', '/pull-source/', '/derivation/', '/training-run/']

/** Who signed the model, and how it came to be: the chain of custody in the words of the statements themselves. */
export function Provenance({ model }: { readonly model: ModelDetail }) {
  const signatures = model.signatures ?? []
  const origins = model.timeline.filter(({ predicateType }) =>
    ORIGINS.some((part) => predicateType.includes(part)),
  )
  if (signatures.length === 0 && origins.length === 0)
    return (
      <Empty icon="key" title="Nobody vouches for where this came from">
        <p>Verify a signature that came with it, or train it under a wrapper that records the run:</p>
        <code>sallyport verify MODEL --signature model.sig --public-key key.pub --record</code>
        <code>sallyport train --dataset data/ --output model/ -- python train.py</code>
      </Empty>
    )
  return (
    <div className="flex flex-col gap-4">
      {signatures.map((signature) => (
        <SignatureCard key={signature.sealed} signature={signature} />
      ))}
      {origins.length === 0 ? null : (
        <ol aria-label="Where it came from" className="panel divide-y divide-line">
          {origins.map((entry) => (
            <li key={entry.statement} className="flex items-start justify-between gap-4 px-4 py-3">
              <div className="min-w-0">
                <p className="break-words">{entry.summary}</p>
                <code className="text-xs text-quiet">{nameOfPredicate(entry.predicateType)}</code>
              </div>
              <div className="text-right text-xs text-quiet">
                <time dateTime={entry.at} className="whitespace-nowrap">
                  {showTime(entry.at)}
                </time>
                <p className="mt-0.5">
                  <BundleLink digest={entry.statement} />
                </p>
              </div>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}

function SignatureCard({ signature }: { readonly signature: Signature }) {
  const { certificate } = signature
  return (
    <section aria-label={`Signature, ${signature.result}`} className="panel p-4">
      <p className="mb-3 flex flex-wrap items-center gap-2">
        <Badge
          word={RESULTS[signature.result]}
          text={signature.result === 'valid' ? 'signature valid' : 'signature refused'}
        />
        <span className="font-medium break-all">{signerOf(signature)}</span>
      </p>
      {signature.reason === undefined ? null : <p className="mb-3 text-sm text-bad">{signature.reason}</p>}
      <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm">
        {signature.method === undefined ? null : <Fact name="Method">{signature.method}</Fact>}
        {signature.identity === undefined ? null : <Fact name="Identity">{signature.identity}</Fact>}
        {signature.identityProvider === undefined ? null : (
          <Fact name="Vouched for by">{signature.identityProvider}</Fact>
        )}
        {certificate === undefined ? null : (
          <Fact name="Certificate">
            {certificate.subject}, issued by {certificate.issuer}, until {showTime(certificate.notAfter)}
          </Fact>
        )}
        {signature.curve === undefined ? null : <Fact name="Key">{signature.curve}</Fact>}
        <Fact name="Signed at">
          {signature.signedAt === undefined ? 'nobody vouches for a time' : showTime(signature.signedAt)}
        </Fact>
        <Fact name="Signature file">
          <Digest digest={signature.bundle} of="the signature" />
        </Fact>
        <Fact name="Checked">
          {showTime(signature.at)} <BundleLink digest={signature.sealed} />
        </Fact>
      </dl>
    </section>
  )
}

function signerOf({ believed, identity, certificate, keyId }: Signature): string {
  return (
    believed ??
    identity ??
    certificate?.subject ??
    (keyId === undefined ? 'unknown signer' : `key ${keyId.slice(0, 12)}`)
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}

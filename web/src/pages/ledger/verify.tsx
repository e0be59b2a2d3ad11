import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { InclusionProof } from '../../api/contract.ts'
import { proofQuery } from '../../api/queries.ts'
import { Icon } from '../../parts/icon.tsx'
import { ErrorState, Loading } from '../../parts/states.tsx'
import { checkProof, TAMPERS, type Tamper, tamperWith } from './check-proof.ts'
import { PathPicture } from './path-picture.tsx'

/** Proves, in this very browser, that an entry stands in the log; the server's word is not asked. */
export function Verify({ index }: { readonly index: number }) {
  const proof = useQuery(proofQuery(index))
  if (proof.isPending) return <Loading what={`the proof of entry ${index}`} />
  if (proof.isError) return <ErrorState error={proof.error} retry={() => void proof.refetch()} />
  return <Verified key={index} proof={proof.data} />
}

function Verified({ proof }: { readonly proof: InclusionProof }) {
  const [tamper, setTamper] = useState<Tamper>('nothing')
  const report = checkProof(tamperWith(proof, tamper))
  return (
    <section aria-labelledby="verify" className="panel p-4">
      <h2 id="verify" className="mb-3 font-semibold">
        Entry {proof.index}, verified in this browser
      </h2>
      <p
        role="status"
        className={`flex items-center gap-2 rounded-md px-3 py-2 font-medium ${report.good ? 'bg-good-soft text-good' : 'bg-bad-soft text-bad'}`}
      >
        <Icon name={report.good ? 'check' : 'cross'} size={16} />
        {report.good ? `Entry ${proof.index} stands in the log.` : 'This proof does not hold.'}
      </p>
      <ul className="mt-3 flex flex-col gap-1.5 text-sm">
        {report.checks.map((check) => (
          <li key={check.name} className="flex items-start gap-2">
            <span className={check.good ? 'text-good' : 'text-bad'}>
              <Icon name={check.good ? 'check' : 'cross'} className="mt-0.75" />
            </span>
            <span className="min-w-0 break-words">
              <strong className="font-medium">{check.name}</strong>
              <span className="sr-only">{check.good ? ' holds' : ' fails'}</span>: {check.detail}
            </span>
          </li>
        ))}
      </ul>
      <TamperChoice chosen={tamper} onChoose={setTamper} />
      <PathPicture report={report} />
    </section>
  )
}

function TamperChoice({
  chosen,
  onChoose,
}: {
  readonly chosen: Tamper
  readonly onChoose: (what: Tamper) => void
}) {
  return (
    <fieldset className="my-4 border-y border-line py-3">
      <legend className="sr-only">Tamper with one byte</legend>
      <p className="mb-1.5 text-xs text-quiet" aria-hidden="true">
        Does the check notice? Change one byte of
      </p>
      <div className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {TAMPERS.map((what) => (
          <label key={what} className="flex items-center gap-1.5">
            <input
              type="radio"
              name="tamper"
              checked={chosen === what}
              onChange={() => onChoose(what)}
              className="accent-ink"
            />
            {what}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

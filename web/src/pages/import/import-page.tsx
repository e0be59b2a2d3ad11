import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { ImportTerms, Me } from '../../api/contract.ts'
import { importTermsQuery } from '../../api/imports.ts'
import { meQuery } from '../../api/queries.ts'
import { PageTitle } from '../../parts/page-title.tsx'
import { Path } from '../../parts/path.tsx'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { ChooseFiles } from './choose-files.tsx'
import { Failed } from './failed.tsx'
import { lockOfImport } from './import-lock.ts'
import { ServerPath } from './server-path.tsx'
import { UnderWay } from './under-way.tsx'
import { useImport } from './use-import.ts'

/** Where a model is brought into quarantine: chosen, sent, assessed. */
export function ImportPage() {
  const me = useQuery(meQuery).data
  if (!me) return <Loading what="your session" />
  const locked = lockOfImport(me)
  return (
    <>
      <Path to="/" above="Models" here="Bring in a model" />
      <PageTitle
        title="Bring in a model"
        lead="It goes into quarantine, is hashed on the way and searched there. Nothing in it is run."
      />
      {locked === undefined ? (
        <Doors me={me} />
      ) : (
        <Empty icon="lock" title="You may not bring models in">
          <p>{locked} Somebody who has it can bring the model in for you.</p>
        </Empty>
      )}
    </>
  )
}

function Doors({ me }: { readonly me: Me }) {
  const terms = useQuery(importTermsQuery(me))
  if (terms.isPending) return <Loading what="what may come in" rows={3} />
  if (terms.isError) return <ErrorState error={terms.error} retry={() => void terms.refetch()} />
  return <OpenDoors me={me} terms={terms.data} />
}

function OpenDoors({ me, terms }: { readonly me: Me; readonly terms: ImportTerms }) {
  const deeds = useImport()
  const { step } = deeds
  const isWorking = step.kind !== 'choosing' && step.kind !== 'failed'
  const place = useFocusOnChange(isWorking)
  return (
    <div ref={place} tabIndex={-1} className="flex max-w-4xl flex-col gap-6 focus:outline-none">
      {step.kind === 'failed' ? <Failed step={step} /> : null}
      {isWorking ? <UnderWay step={step} isFromHere={deeds.isFromHere} onCancel={deeds.cancel} /> : null}
      {/* Kept while work is under way, so that what was chosen is still there after a failure. */}
      <div hidden={isWorking}>
        <ChooseFiles maxBytes={terms.maxUploadBytes} onSend={deeds.send} />
      </div>
      {isWorking || !me.capabilities.includes('server-paths') ? null : (
        <ServerPath folders={terms.serverFolders} onSend={deeds.sendPath} />
      )}
    </div>
  )
}

/** Moves the focus along when the button that had it goes away with the form. */
function useFocusOnChange(state: boolean) {
  const place = useRef<HTMLDivElement>(null)
  const last = useRef(state)
  useEffect(() => {
    if (last.current === state) return
    last.current = state
    place.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [state])
  return place
}

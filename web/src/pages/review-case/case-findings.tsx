import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { Me, ModelDetail } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { count } from '../../parts/show.ts'
import { ErrorState, Loading } from '../../parts/states.tsx'
import { Findings } from '../model/findings.tsx'

/** Findings. A model of a thousand files may have thousands; the worst are what a decision hangs on. */
const SHOWN = 5

interface CaseFindingsProps {
  readonly model: UseQueryResult<ModelDetail>
  readonly me: Me
}

/** The findings of the model, the worst few until more are wanted. */
export function CaseFindings({ model, me }: CaseFindingsProps) {
  const [all, setAll] = useState(false)
  if (model.isPending) return <Loading what="the findings" rows={3} />
  if (model.data === undefined) return <ErrorState error={model.error} retry={() => void model.refetch()} />
  const many = model.data.assessment?.files.reduce((sum, file) => sum + file.findings.length, 0) ?? 0
  return (
    <>
      <Findings model={model.data} me={me} most={all ? undefined : SHOWN} />
      {all || many <= SHOWN ? null : (
        <Button className="self-start" onClick={() => setAll(true)}>
          Show all {count(many, 'finding')}
        </Button>
      )}
    </>
  )
}

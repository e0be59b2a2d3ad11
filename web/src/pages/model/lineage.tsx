import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { ModelDetail } from '../../api/contract.ts'
import { lineageQuery } from '../../api/queries.ts'
import { Command } from '../../parts/code.tsx'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { Graph } from './lineage-graph.tsx'
import { LineageList } from './lineage-list.tsx'
import { withClaims } from './lineage-words.ts'

/** What the model was made from, and what was made from it: a picture, and the same in words for every reader. */
export function Lineage({ model }: { readonly model: ModelDetail }) {
  const { data, error, refetch } = useQuery(lineageQuery(model.digest))
  const graph = useMemo(() => (data === undefined ? undefined : withClaims(data)), [data])
  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />
  if (data === undefined || graph === undefined) return <Loading what="the lineage" />
  if (graph.links.length === 0)
    return (
      <Empty icon="link" title="No lineage is known">
        Say how it was made, and the link is sealed as evidence.
        <Command>{`sallyport derive ${model.digest.slice(0, 19)} --from PARENT --relation fine-tune`}</Command>
      </Empty>
    )
  return (
    <div className="flex flex-col gap-3">
      <Graph graph={graph} start={data.start} name={model.name} />
      {data.isCut ? (
        <p className="text-sm text-quiet">
          There is more than fits here; `sallyport lineage` tells the rest, or open one of these.
        </p>
      ) : null}
      <LineageList graph={graph} />
    </div>
  )
}

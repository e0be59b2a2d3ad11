import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import type { ModelSummary } from '../../api/contract.ts'
import { meQuery, modelsQuery } from '../../api/queries.ts'
import { Button, LOOKS, SHAPE } from '../../parts/button.tsx'
import { Command } from '../../parts/code.tsx'
import { Icon } from '../../parts/icon.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { count } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { STAGES, type Stage } from '../../parts/words.ts'
import { lockOfImport } from '../import/import-lock.ts'
import { ModelsTable } from './models-table.tsx'
import { Pipeline } from './pipeline.tsx'

const NONE: readonly ModelSummary[] = []

/** All models and where they stand. */
export function ModelsPage() {
  const [stage, setStage] = useState<Stage>()
  const [text, setText] = useState('')
  const { models, query } = useAllModels()
  const sought = useDeferredValue(text.trim().toLowerCase())
  const shown = useMemo(
    () => models.filter((model) => isSought(model, stage, sought)),
    [models, stage, sought],
  )
  if (query.isPending) return <Frame body={<Loading what="the models" />} />
  if (query.isError && models.length === 0)
    return <Frame body={<ErrorState error={query.error} retry={() => void query.refetch()} />} />
  if (models.length === 0) return <Frame body={<NoModels />} />
  return (
    <Frame
      body={
        <div className="flex flex-col gap-4">
          <Pipeline counts={countStages(models)} chosen={stage} onChoose={setStage} />
          {query.isError ? <ErrorState error={query.error} retry={() => void query.refetch()} /> : null}
          <Search
            text={text}
            onText={setText}
            shown={shown.length}
            all={models.length}
            loading={query.hasNextPage}
          />
          {shown.length === 0 ? (
            <Empty icon="search" title="No model matches">
              Choose another stage, or search for a part of a name, a digest or a principal.
            </Empty>
          ) : (
            <ModelsTable models={shown} />
          )}
        </div>
      }
    />
  )
}

/** Reads page after page until all are here: counts and search are over all models, or they would mislead. */
function useAllModels() {
  const query = useInfiniteQuery(modelsQuery)
  const { hasNextPage, isFetching, fetchNextPage, isError } = query
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage()
  }, [hasNextPage, isFetching, fetchNextPage, isError])
  const models = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? NONE, [query.data])
  return { models, query }
}

function isSought(model: ModelSummary, stage: Stage | undefined, text: string): boolean {
  if (stage !== undefined && model.stage !== stage) return false
  if (text === '') return true
  return [model.name.toLowerCase(), model.digest, model.requestedBy].some((field) => field.includes(text))
}

function countStages(models: readonly ModelSummary[]): Record<Stage, number> {
  const counts = { quarantined: 0, assessed: 0, approved: 0, staging: 0, production: 0, revoked: 0 }
  for (const model of models) counts[model.stage] += 1
  return counts
}

function Frame({ body }: { readonly body: React.ReactNode }) {
  return (
    <>
      <PageTitle
        title="Models"
        lead={`From ${STAGES[0]} to production: what came in, what was seen, who spoke for it.`}
      >
        <BringIn />
      </PageTitle>
      {body}
    </>
  )
}

/** To the page where a model is brought in; who may not do that learns which role may. */
function BringIn() {
  const me = useQuery(meQuery).data
  if (!me) return null
  const locked = lockOfImport(me)
  if (locked !== undefined) return <Button lockedBecause={locked}>Bring in a model</Button>
  return (
    <Link to="/import" className={`${SHAPE} ${LOOKS.primary}`}>
      <Icon name="door" />
      Bring in a model
    </Link>
  )
}

interface SearchProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly shown: number
  readonly all: number
  readonly loading: boolean
}

function Search({ text, onText, shown, all, loading }: SearchProps) {
  return (
    <search className="flex items-center gap-3">
      <label className="relative w-80">
        <span className="sr-only">Search by name, digest or principal</span>
        <Icon name="search" className="absolute top-2.5 left-2.5 text-quiet" />
        <input
          type="search"
          value={text}
          onChange={(event) => onText(event.target.value)}
          placeholder="Name, digest or principal"
          className="field w-full pl-8"
        />
      </label>
      <p role="status" className="tabular text-sm text-quiet">
        {shown === all ? count(all, 'model') : `${shown} of ${count(all, 'model')}`}
        {loading ? ', more are coming …' : ''}
      </p>
    </search>
  )
}

function NoModels() {
  return (
    <Empty title="No model has come in yet">
      <p>Take one into quarantine. It is hashed once on the way in and nothing in it is run.</p>
      <p>“Bring in a model” above takes it from this browser. On the command line:</p>
      <Command>sallyport import ./model --name my-model</Command>
    </Empty>
  )
}

import { Link } from '@tanstack/react-router'
import {
  columnFilteringFeature,
  createColumnHelper,
  createFilteredRowModel,
  createPaginatedRowModel,
  createSortedRowModel,
  filterFn_equalsString,
  globalFilteringFeature,
  rowPaginationFeature,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
} from '@tanstack/react-table'
import type { ModelSummary } from '../../api/contract.ts'
import { OutcomeBadge, StageBadge, VerdictBadge } from '../../parts/badge.tsx'
import { Digest } from '../../parts/digest.tsx'
import { shortId, showBytes } from '../../parts/show.ts'
import { When } from '../../parts/when.tsx'
import { STAGES } from '../../parts/words.ts'

export const features = tableFeatures({
  columnFilteringFeature,
  globalFilteringFeature,
  rowSortingFeature,
  rowPaginationFeature,
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  paginatedRowModel: createPaginatedRowModel(),
  filterFns: { equalsString: filterFn_equalsString },
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
})

const helper = createColumnHelper<typeof features, ModelSummary>()

/** Worst first, as a person wants to see them. */
const VERDICT_ORDER = ['malicious', 'undecided', 'suspicious', 'clean']

export const columns = helper.columns([
  helper.accessor('name', {
    header: 'Model',
    sortFn: 'alphanumeric',
    cell: ({ row }) => (
      <Link
        to="/models/$digest"
        params={{ digest: row.original.digest }}
        title={row.original.name}
        className="block max-w-64 truncate font-medium text-ink underline decoration-strong-line underline-offset-3 hover:decoration-ink"
      >
        {row.original.name}
      </Link>
    ),
  }),
  helper.accessor('digest', {
    header: 'Digest',
    enableSorting: false,
    cell: ({ row }) => <Digest digest={row.original.digest} of={row.original.name} />,
  }),
  helper.accessor((model) => STAGES.indexOf(model.stage), {
    id: 'stage',
    header: 'Stage',
    sortFn: 'basic',
    cell: ({ row }) => <StageBadge stage={row.original.stage} />,
  }),
  helper.accessor((model) => VERDICT_ORDER.indexOf(model.verdict), {
    id: 'verdict',
    header: 'Verdict',
    sortFn: 'basic',
    cell: ({ row }) => <VerdictBadge verdict={row.original.verdict} />,
  }),
  helper.accessor((model) => model.decision?.expiresAt ?? '', {
    id: 'decision',
    header: 'Decision',
    sortFn: 'basic',
    cell: ({ row }) => <DecisionCell model={row.original} />,
  }),
  helper.accessor('sizeBytes', {
    header: 'Size',
    sortFn: 'basic',
    cell: ({ row }) => <span className="whitespace-nowrap">{showBytes(row.original.sizeBytes)}</span>,
  }),
  helper.accessor('requestedBy', {
    header: 'Requested by',
    enableSorting: false,
    cell: ({ row }) => <code title={row.original.requestedBy}>{shortId(row.original.requestedBy)}</code>,
  }),
  helper.accessor('updatedAt', {
    header: 'Updated',
    sortFn: 'basic',
    cell: ({ row }) => <When at={row.original.updatedAt} />,
  }),
])

function DecisionCell({ model }: { readonly model: ModelSummary }) {
  const { decision } = model
  if (decision === undefined) return <span className="text-quiet">none yet</span>
  const past = Date.parse(decision.expiresAt) <= Date.now()
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <OutcomeBadge outcome={decision.outcome} />
      <span className={past ? 'text-warn' : 'text-quiet'}>
        {past ? 'expired ' : ''}
        <When at={decision.expiresAt} />
      </span>
    </span>
  )
}

import { useQuery } from '@tanstack/react-query'
import type { ModelDetail, Receiver } from '../../api/contract.ts'
import { receiversQuery } from '../../api/review-queries.ts'
import { Command } from '../../parts/code.tsx'
import { Principal } from '../../parts/principal.tsx'
import { count } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'

/** Who ever received bytes of the model: whom to tell when it is called back. */
export function Receivers({ model }: { readonly model: ModelDetail }) {
  const found = useQuery(receiversQuery(model.digest))
  if (found.isPending) return <Loading what="the receivers" rows={3} />
  if (found.data === undefined) return <ErrorState error={found.error} retry={() => void found.refetch()} />
  const { items } = found.data
  if (items.length === 0)
    return (
      <Empty icon="person" title="Nobody has received it through the hub">
        <p>Whoever downloads it through this gate is written down before the first byte leaves.</p>
      </Empty>
    )
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-quiet">
        Copies that no server can take back:{' '}
        {count(new Set(items.map(({ principalId }) => principalId)).size, 'principal')} received files of it.
        {model.stage === 'revoked'
          ? ' The model is revoked: have each of them check where it is loaded.'
          : ''}
      </p>
      <Rows items={items} />
      <p className="flex flex-wrap items-center gap-2 text-xs text-quiet">
        Where a copy is loaded: <Command>sallyport verify ./model</Command>
      </p>
    </div>
  )
}

function Rows({ items }: { readonly items: readonly Receiver[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label="Receivers" tabIndex={0} className="panel overflow-x-auto">
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line text-left text-xs text-quiet">
            {['Who', 'From', 'Commit', 'Files', 'First', 'Last'].map((head) => (
              <th key={head} scope="col" className="px-3 py-1.5 font-semibold">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr
              key={`${one.principalId} ${one.repo} ${one.commit}`}
              className="border-b border-line last:border-0"
            >
              <th scope="row" className="px-3 py-2 text-left font-normal whitespace-nowrap">
                <Principal id={one.principalId} />
              </th>
              <td className="max-w-56 truncate px-3 py-2" title={one.repo}>
                {one.repo}
              </td>
              <td className="px-3 py-2">
                <code title={one.commit}>{one.commit.slice(0, 12)}</code>
              </td>
              <td className="tabular px-3 py-2">{one.files.toLocaleString('en')}</td>
              <td className="px-3 py-2 text-xs text-quiet">
                <When at={one.firstAt} />
              </td>
              <td className="px-3 py-2 text-xs text-quiet">
                <When at={one.lastAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

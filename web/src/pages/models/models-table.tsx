import { useTable } from '@tanstack/react-table'
import type { ModelSummary } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { columns, features } from './columns.tsx'

/** Rows. One screen of a laptop. */
const PAGE_SIZE = 20

/** The list itself; sorting and paging are buttons, so that all of it works from the keyboard. */
export function ModelsTable({ models }: { readonly models: readonly ModelSummary[] }) {
  const table = useTable({
    features,
    columns,
    data: models as ModelSummary[],
    getRowId: (model) => model.digest,
    initialState: {
      pagination: { pageIndex: 0, pageSize: PAGE_SIZE },
      sorting: [{ id: 'updatedAt', desc: true }],
    },
  })
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1) */}
      <section aria-label="Models" tabIndex={0} className="panel overflow-x-auto">
        <table className="w-full border-collapse text-sm">
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} className="border-b border-line text-left">
                {group.headers.map((header) => (
                  <th
                    key={header.id}
                    scope="col"
                    aria-sort={SORTS[String(header.column.getIsSorted())]}
                    className="px-3 py-1.5 text-xs font-semibold whitespace-nowrap text-quiet"
                  >
                    {header.column.getCanSort() ? (
                      <button
                        type="button"
                        onClick={header.column.getToggleSortingHandler()}
                        className="-mx-1 inline-flex items-center gap-1 rounded-sm px-1 hover:text-ink"
                      >
                        <table.FlexRender header={header} />
                        <SortArrow sorted={header.column.getIsSorted()} />
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id} className="border-b border-line last:border-0 hover:bg-canvas">
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} className="px-3 py-1.5">
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Pager
        page={table.state.pagination.pageIndex}
        pages={table.getPageCount()}
        onPage={(page) => table.setPageIndex(page)}
      />
    </div>
  )
}

const SORTS: Readonly<Record<string, 'ascending' | 'descending' | undefined>> = {
  asc: 'ascending',
  desc: 'descending',
}

function SortArrow({ sorted }: { readonly sorted: false | 'asc' | 'desc' }) {
  if (sorted === false) return null
  return <Icon name={sorted === 'asc' ? 'up' : 'down'} size={11} />
}

interface PagerProps {
  readonly page: number
  readonly pages: number
  readonly onPage: (page: number) => void
}

/** Earlier and later pages of a list. Absent when there is one only. */
export function Pager({ page, pages, onPage }: PagerProps) {
  if (pages < 2) return null
  return (
    <nav aria-label="Pages" className="flex items-center justify-end gap-2 text-sm">
      <span className="tabular text-quiet">
        page {page + 1} of {pages}
      </span>
      <Button
        icon="left"
        lockedBecause={page === 0 ? 'This is the first page.' : undefined}
        onClick={() => onPage(page - 1)}
      >
        Earlier
      </Button>
      <Button
        icon="right"
        lockedBecause={page + 1 >= pages ? 'This is the last page.' : undefined}
        onClick={() => onPage(page + 1)}
      >
        Later
      </Button>
    </nav>
  )
}

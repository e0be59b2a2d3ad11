import { Link } from '@tanstack/react-router'
import { useDeferredValue, useMemo, useState } from 'react'
import type { HeldRevision } from '../../api/contract.ts'
import { Badge } from '../../parts/badge.tsx'
import { CaseLink } from '../../parts/case-link.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Principal } from '../../parts/principal.tsx'
import { count, showBytes } from '../../parts/show.ts'
import { Empty } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import type { Word } from '../../parts/words.ts'
import { Pager } from '../models/models-table.tsx'

/** Rows. */
const PAGE_SIZE = 25

const STATES: Readonly<Record<HeldRevision['state'], Word>> = {
  pulling: { icon: 'down', tone: 'accent', help: 'Its files are on their way into quarantine.' },
  searching: { icon: 'search', tone: 'accent', help: 'It is in quarantine and being searched.' },
  searched: {
    icon: 'check',
    tone: 'good',
    help: 'It was searched; whether it leaves is for the policy to say.',
  },
  failed: { icon: 'alert', tone: 'bad', help: 'It could not be taken in. Nothing of it was handed out.' },
}

const HEADS = ['Repository', 'State', 'Content', 'Author, licence', 'First asked by', 'Case'] as const

/** Revisions behind the gate, the last changed first. */
export function HeldTable({ items }: { readonly items: readonly HeldRevision[] }) {
  const [text, setText] = useState('')
  const [wanted, setPage] = useState(0)
  const sought = useDeferredValue(text.trim().toLowerCase())
  const shown = useMemo(() => items.filter((one) => isSought(one, sought)), [items, sought])
  const pages = Math.ceil(shown.length / PAGE_SIZE)
  const page = Math.max(0, Math.min(wanted, pages - 1))
  return (
    <div className="flex flex-col gap-3">
      <search className="flex items-center gap-3">
        <label className="relative w-80">
          <span className="sr-only">Search by repository, author, licence or state</span>
          <Icon name="search" className="absolute top-2.5 left-2.5 text-quiet" />
          <input
            type="search"
            value={text}
            maxLength={300}
            onChange={(event) => setText(event.target.value)}
            placeholder="Repository, author or state"
            className="field w-full pl-8"
          />
        </label>
        <p role="status" className="tabular text-sm text-quiet">
          {shown.length === items.length
            ? count(items.length, 'revision')
            : `${shown.length} of ${count(items.length, 'revision')}`}
        </p>
      </search>
      {shown.length === 0 ? (
        <Empty icon="search" title="No revision matches">
          Search for a part of a repository’s name, an author, a licence or a state.
        </Empty>
      ) : (
        <Rows items={shown.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE)} />
      )}
      <Pager page={page} pages={pages} onPage={setPage} />
    </div>
  )
}

function isSought(one: HeldRevision, text: string): boolean {
  const fields = [one.repo, one.author, one.license, one.state, one.commit, one.problem]
  return text === '' || fields.some((field) => field?.toLowerCase().includes(text) === true)
}

function Rows({ items }: { readonly items: readonly HeldRevision[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label="Revisions" tabIndex={0} className="panel overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Revisions behind the hub’s gate, the last changed first</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-quiet">
            {HEADS.map((head) => (
              <th key={head} scope="col" className="px-3 py-1.5 font-semibold whitespace-nowrap">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <Row key={`${one.repoKind} ${one.repo} ${one.commit}`} one={one} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ one }: { readonly one: HeldRevision }) {
  return (
    <tr className="border-b border-line align-top last:border-0 hover:bg-canvas">
      <th scope="row" className="max-w-80 px-3 py-2 text-left font-normal">
        <span className="block truncate font-medium" title={one.repo}>
          {one.digest === undefined ? (
            one.repo
          ) : (
            <Link
              to="/models/$digest"
              params={{ digest: one.digest }}
              className="underline decoration-strong-line underline-offset-3 hover:decoration-ink"
            >
              {one.repo}
            </Link>
          )}
        </span>
        <span className="text-xs text-quiet">
          {one.repoKind === 'model' ? '' : `${one.repoKind}, `}commit{' '}
          <code title={one.commit}>{one.commit.slice(0, 12)}</code>
        </span>
      </th>
      <td className="px-3 py-2">
        <Badge word={STATES[one.state]} text={one.state} />
        {one.problem === undefined ? null : (
          <span className="mt-1 line-clamp-3 max-w-72 text-xs break-words text-bad" title={one.problem}>
            {one.problem}
          </span>
        )}
      </td>
      <td className="tabular px-3 py-2 text-xs whitespace-nowrap">
        {showBytes(one.sizeBytes)}
        <span className="block text-quiet">{count(one.files, 'file')}</span>
      </td>
      <td className="max-w-40 px-3 py-2 text-xs">
        <span className="block truncate">{one.author ?? 'unknown'}</span>
        <span className="block truncate text-quiet">{one.license ?? 'no licence stated'}</span>
      </td>
      <td className="px-3 py-2 text-xs whitespace-nowrap">
        <Principal id={one.askedBy} />
        <span className="block text-quiet">
          <When at={one.askedAt} />
        </span>
      </td>
      <td className="px-3 py-2 text-xs whitespace-nowrap">
        <CaseLink digest={one.digest} of={one.repo} />
      </td>
    </tr>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Differences, ReviewDetail } from '../../api/contract.ts'
import { differencesQuery } from '../../api/review-queries.ts'
import { Digest } from '../../parts/digest.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { ErrorState, Loading } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { FileChanges } from './file-changes.tsx'
import { ImportChanges, LicenceChange } from './import-changes.tsx'
import { TextChanges } from './text-changes.tsx'
import { WeightChanges } from './weight-changes.tsx'

/** What differs from the last revision of it that was approved. */
export function Changes({ one }: { readonly one: ReviewDetail }) {
  const { previous } = one
  if (previous === undefined)
    return (
      <p className="panel px-4 py-3 text-sm text-quiet">
        The first revision of a thing has to be judged by itself. Once one is approved, the next is shown
        against it: files, imports, prompts, weights.
      </p>
    )
  return (
    <>
      <div className="panel flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
        <span className="flex min-w-0 items-center gap-1.5">
          <Link
            to="/models/$digest"
            params={{ digest: previous.digest }}
            className="truncate text-accent underline underline-offset-2"
          >
            {previous.name}
          </Link>
          <Digest digest={previous.digest} of={previous.name} />
        </span>
        <span className="text-xs text-quiet">
          approved <When at={previous.approvedAt} />
        </span>
        <Icon name="right" className="text-quiet" />
        <span className="flex items-center gap-1.5">
          this one <Digest digest={one.digest} of={one.name} />
        </span>
      </div>
      <Against digest={one.digest} from={previous.digest} />
    </>
  )
}

function Against({ digest, from }: { readonly digest: string; readonly from: string }) {
  const found = useQuery(differencesQuery(digest, from))
  if (found.isPending) return <Loading what="the differences" rows={4} />
  if (found.isError) return <ErrorState error={found.error} retry={() => void found.refetch()} />
  const { summary, files, imports, templates, texts, licence, tensors } = found.data
  return (
    <>
      <p className="text-sm font-medium break-words">{summary}</p>
      <Overview found={found.data} />
      {imports.added.length + imports.removed.length === 0 ? null : <ImportChanges imports={imports} />}
      {licence === undefined ? null : <LicenceChange licence={licence} />}
      {templates.length === 0 ? null : <TextChanges title="Templates and prompts" texts={templates} open />}
      {tensors.changed.length + tensors.notCompared.length === 0 ? null : <WeightChanges tensors={tensors} />}
      {files.length === 0 ? null : <FileChanges files={files} />}
      {texts.length === 0 ? null : <TextChanges title="Settings, cards and code" texts={texts} />}
    </>
  )
}

/** How much of each sort is different, at a glance; a sort without a difference says so. */
function Overview({ found }: { readonly found: Differences }) {
  const { files, imports, templates, texts, licence, tensors } = found
  const many = (change: Differences['files'][number]['change']) =>
    files.filter((file) => file.change === change).length
  return (
    <ul aria-label="Differences at a glance" className="panel grid grid-cols-5 divide-x divide-line">
      <Tile icon="link" name="Imports" isQuiet={imports.added.length + imports.removed.length === 0}>
        <Signed added={imports.added.length} removed={imports.removed.length} />
      </Tile>
      <Tile icon="scale" name="Licence" isQuiet={licence === undefined}>
        {licence === undefined ? 'the same' : 'changed'}
      </Tile>
      <Tile icon="info" name="Texts" isQuiet={templates.length + texts.length === 0}>
        {templates.length + texts.length} <span className="text-xs">changed</span>
      </Tile>
      <Tile icon="box" name="Tensors" isQuiet={tensors.changed.length === 0}>
        {tensors.changed.length}
        {tensors.cut ? '+' : ''}{' '}
        <span className="text-xs">of {(tensors.same + tensors.changed.length).toLocaleString('en')}</span>
      </Tile>
      <Tile icon="file" name="Files" isQuiet={files.length === 0}>
        <Signed added={many('added')} removed={many('removed')} other={many('changed') + many('renamed')} />
      </Tile>
    </ul>
  )
}

interface TileProps {
  readonly icon: IconName
  readonly name: string
  readonly isQuiet: boolean
  readonly children: ReactNode
}

function Tile({ icon, name, isQuiet, children }: TileProps) {
  return (
    <li className="min-w-0 px-3 py-2">
      <span className="flex items-center gap-1.5 text-xs text-quiet">
        <Icon name={icon} size={12} />
        {name}
      </span>
      <span
        className={`tabular block text-lg font-semibold whitespace-nowrap ${isQuiet ? 'text-quiet' : 'text-ink'}`}
      >
        {children}
      </span>
    </li>
  )
}

interface SignedProps {
  readonly added: number
  readonly removed: number
  readonly other?: number
}

function Signed({ added, removed, other = 0 }: SignedProps) {
  if (added + removed + other === 0) return <>the same</>
  return (
    <>
      {added === 0 ? null : (
        <>
          +{added}
          <span className="sr-only"> added</span>{' '}
        </>
      )}
      {removed === 0 ? null : (
        <>
          −{removed}
          <span className="sr-only"> removed</span>{' '}
        </>
      )}
      {other === 0 ? null : (
        <>
          ±{other}
          <span className="sr-only"> changed</span>
        </>
      )}
    </>
  )
}

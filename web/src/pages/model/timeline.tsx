import { Link } from '@tanstack/react-router'
import type { ModelDetail, TimelineEntry } from '../../api/contract.ts'
import { Badge } from '../../parts/badge.tsx'
import { shortDigest, shortId, showTime } from '../../parts/show.ts'
import { Empty } from '../../parts/states.tsx'
import { KIND_WORDS } from '../../parts/words.ts'
import { BundleLink } from './bundle-link.tsx'

/** Every statement about the model, newest first: who says it, when, and where it stands in the ledger. */
export function Timeline({ model }: { readonly model: ModelDetail }) {
  const entries = [...model.timeline].sort((a, b) => b.index - a.index)
  if (entries.length === 0)
    return (
      <Empty icon="clock" title="No statement yet">
        The first is sealed when the model is in quarantine.
      </Empty>
    )
  return (
    <ol className="panel divide-y divide-line">
      {entries.map((entry) => (
        <Entry key={entry.statement} entry={entry} />
      ))}
    </ol>
  )
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  return (
    <li className="grid grid-cols-[6.5rem_minmax(0,1fr)_auto] items-start gap-x-4 px-4 py-3">
      <span className="pt-px">
        <Badge word={KIND_WORDS[entry.kind]} text={entry.kind} />
      </span>
      <div className="min-w-0">
        <p className="break-words">{entry.summary}</p>
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-quiet">
          <code title={entry.predicateType}>{nameOfPredicate(entry.predicateType)}</code>
          {entry.principalId === undefined ? null : (
            <span title={entry.principalId}>
              by <code>{shortId(entry.principalId)}</code>
            </span>
          )}
          <span title={entry.keyId}>
            key <code>{shortDigest(entry.keyId)}</code>
          </span>
        </p>
      </div>
      <div className="text-right text-xs text-quiet">
        <time dateTime={entry.at} className="whitespace-nowrap">
          {showTime(entry.at)}
        </time>
        <p className="mt-0.5 flex justify-end gap-3">
          <BundleLink digest={entry.statement} />
          <Link
            to="/ledger"
            search={{ entry: entry.index }}
            className="text-accent underline underline-offset-2"
          >
            entry {entry.index}
          </Link>
        </p>
      </div>
    </li>
  )
}

/** `https://sallyport.dev/predicates/model-scan/v1` → `model-scan/v1`. */
export function nameOfPredicate(type: string): string {
  return type.split('/').slice(-2).join('/')
}

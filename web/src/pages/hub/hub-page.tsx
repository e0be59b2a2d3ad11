import { useQuery } from '@tanstack/react-query'
import type { HubState } from '../../api/contract.ts'
import { hubQuery } from '../../api/review-queries.ts'
import { Badge } from '../../parts/badge.tsx'
import { Command } from '../../parts/code.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import type { Word } from '../../parts/words.ts'
import { HeldTable } from './held-table.tsx'

/** What is held before the hub, and how strictly it is guarded. */
export function HubPage() {
  const hub = useQuery(hubQuery)
  return (
    <>
      <PageTitle
        title="Hub"
        lead="Revisions that came through the gate in front of the hub: each is searched before its first byte leaves."
      >
        {hub.data?.mode === undefined ? null : <Mode mode={hub.data.mode} upstream={hub.data.upstream} />}
      </PageTitle>
      {hub.isPending ? <Loading what="the revisions" /> : null}
      {hub.isError ? <ErrorState error={hub.error} retry={() => void hub.refetch()} /> : null}
      {hub.data === undefined ? null : hub.data.items.length === 0 ? (
        <NothingHeld />
      ) : (
        <HeldTable items={hub.data.items} />
      )}
    </>
  )
}

type ModeName = NonNullable<HubState['mode']>

const MODES: Readonly<Record<ModeName, Word>> = {
  enforce: { icon: 'lock', tone: 'good', help: 'What the policy does not allow is refused.' },
  warn: {
    icon: 'alert',
    tone: 'warn',
    help: 'What the policy does not allow is handed out, with a warning in a header.',
  },
  observe: {
    icon: 'eye',
    tone: 'unknown',
    help: 'What the policy does not allow is handed out and written down.',
  },
}

function Mode({ mode, upstream }: { readonly mode: ModeName; readonly upstream: string | undefined }) {
  return (
    <p className="flex shrink-0 flex-col items-end gap-0.5 text-xs text-quiet">
      <span className="flex items-center gap-1.5">
        mode <Badge word={MODES[mode]} text={mode} />
      </span>
      {upstream === undefined ? null : (
        <span>
          before <code>{upstream}</code>
        </span>
      )}
    </p>
  )
}

function NothingHeld() {
  return (
    <Empty icon="door" title="Nothing has come through the hub yet">
      <p>
        One variable sends every download of the Hugging Face clients through this gate. A refusal prints its
        reason in the user’s own terminal, and opens a case in the review queue.
      </p>
      <Command>export HF_ENDPOINT={location.origin}</Command>
    </Empty>
  )
}

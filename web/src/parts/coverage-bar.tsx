import type { Assessment } from '../api/contract.ts'
import { Icon } from './icon.tsx'
import { showBytes } from './show.ts'

type Coverage = Assessment['files'][number]['coverage'][number]

const LOOKS = {
  full: { icon: 'check', bar: 'bg-good', text: 'text-good' },
  partial: { icon: 'alert', bar: 'bg-warn', text: 'text-warn' },
  none: { icon: 'question', bar: 'bg-unknown', text: 'text-unknown' },
} as const

/**
 * How much was looked at. `full` is a judgement, not a share of bytes: of weights only the header must be read, so the
 * bar shows bytes and the word says whether they were all that matter.
 */
export function CoverageBar({ coverage }: { readonly coverage: Coverage }) {
  const { status, readBytes, sizeBytes } = coverage
  const look = LOOKS[status]
  const share = sizeBytes === 0 ? 1 : Math.min(1, readBytes / sizeBytes)
  return (
    <span
      className="flex items-center gap-2"
      title={`${showBytes(readBytes)} of ${showBytes(sizeBytes)} read`}
    >
      <span aria-hidden="true" className="h-1.5 w-16 shrink-0 overflow-hidden rounded-full bg-line">
        <span
          className={`block h-full min-w-0.5 rounded-full ${look.bar}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span className={`inline-flex items-center gap-1 text-xs font-medium ${look.text}`}>
        <Icon name={look.icon} size={11} />
        {status}
      </span>
      <span className="text-xs whitespace-nowrap text-quiet">{showBytes(readBytes)}</span>
    </span>
  )
}

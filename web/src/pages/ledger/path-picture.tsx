import type { ProofReport } from './check-proof.ts'

/** Pixels. */
const ROW = 58
const BOX = { width: 118, height: 26 } as const
const MIDDLE = 190
const WIDTH = 380

/** The audit path as a tree: the entry at the foot, the root that the log signed at the head. */
export function PathPicture({ report }: { readonly report: ProofReport }) {
  const { leaf, steps, root } = report
  const height = (steps.length + 1) * ROW + BOX.height
  const top = steps.at(-1)?.parent ?? leaf
  const holds = root !== '' && top === root
  const words = `The path has ${steps.length} ${steps.length === 1 ? 'step' : 'steps'} and ${holds ? 'ends at the signed root' : 'does not end at the signed root'}.`
  return (
    <figure className="overflow-x-auto">
      <svg
        role="img"
        aria-label={words}
        width={WIDTH}
        height={height}
        viewBox={`0 0 ${WIDTH} ${height}`}
        className="mx-auto max-w-full"
      >
        {steps.map((step, level) => (
          <Level key={step.parent} step={step} y={height - BOX.height - (level + 1) * ROW} />
        ))}
        <Box x={MIDDLE} y={height - BOX.height} hash={leaf} label="entry" look="path" />
        {steps.map((step, level) => (
          <Box
            key={step.parent}
            x={MIDDLE}
            y={height - BOX.height - (level + 1) * ROW}
            hash={step.parent}
            label={level === steps.length - 1 ? 'computed root' : `node ${level + 1}`}
            look={level < steps.length - 1 ? 'path' : holds ? 'good' : 'bad'}
          />
        ))}
        <Box
          x={MIDDLE}
          y={0}
          hash={root}
          label={holds ? 'signed root ✓ the same' : 'signed root ✗ another'}
          look={holds ? 'good' : 'bad'}
        />
        <line
          x1={MIDDLE}
          x2={MIDDLE}
          y1={BOX.height}
          y2={ROW}
          className={holds ? 'stroke-good' : 'stroke-bad'}
          strokeDasharray={holds ? undefined : '3 4'}
          strokeWidth={2}
        />
      </svg>
      <figcaption className="sr-only">{words}</figcaption>
    </figure>
  )
}

function Level({ step, y }: { readonly step: ProofReport['steps'][number]; readonly y: number }) {
  const away = BOX.width / 2 + 68
  const x = step.side === 'left' ? MIDDLE - away : MIDDLE + away
  const below = y + ROW
  return (
    <g>
      <line x1={MIDDLE} x2={MIDDLE} y1={y + BOX.height} y2={below} className="stroke-ink" strokeWidth={2} />
      <path
        d={`M${x} ${below}V${y + BOX.height + 14}H${MIDDLE}`}
        className="fill-transparent stroke-strong-line"
        strokeWidth={1.5}
      />
      <Box x={x} y={below} hash={step.sibling} label="from the proof" look="given" />
    </g>
  )
}

const LOOKS = {
  path: 'fill-accent-soft stroke-accent',
  given: 'fill-surface stroke-strong-line',
  good: 'fill-good-soft stroke-good',
  bad: 'fill-bad-soft stroke-bad',
} as const

interface BoxProps {
  readonly x: number
  readonly y: number
  readonly hash: string
  readonly label: string
  readonly look: keyof typeof LOOKS
}

function Box({ x, y, hash, label, look }: BoxProps) {
  return (
    <g transform={`translate(${x - BOX.width / 2} ${y})`}>
      <title>{`${label}: ${hash}`}</title>
      <rect width={BOX.width} height={BOX.height} rx={4} className={LOOKS[look]} strokeWidth={1.25} />
      <text x={BOX.width / 2} y={11} textAnchor="middle" className="fill-quiet text-[8.5px]">
        {label}
      </text>
      <text x={BOX.width / 2} y={21} textAnchor="middle" className="mono fill-ink text-[9.5px]">
        {hash === '' ? 'none' : `${hash.slice(0, 14)}…`}
      </text>
    </g>
  )
}

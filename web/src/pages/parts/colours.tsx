import { useSyncExternalStore } from 'react'
import { subscribe } from '../../shell/theme.ts'
import { colourOf, contrastOf, PAIRS, type Pair } from './contrast.ts'

/** Every pair of roles that meet on a page, with the ratio computed from the colours as they are shown now. */
export function Colours() {
  // The colours change with the theme; reading them anew is what keeps this table honest.
  const ratios = useSyncExternalStore(subscribe, readRatios)
  const values = ratios.split(' ').map(Number)
  return (
    <ul className="grid grid-cols-4 gap-2">
      {PAIRS.map((pair, place) => (
        <Swatch key={`${pair.role} ${pair.ground} ${pair.least}`} pair={pair} ratio={values[place] ?? 0} />
      ))}
    </ul>
  )
}

function readRatios(): string {
  return PAIRS.map((pair) => contrastOf(colourOf(pair.role), colourOf(pair.ground)).toFixed(2)).join(' ')
}

function Swatch({ pair, ratio }: { readonly pair: Pair; readonly ratio: number }) {
  const good = ratio >= pair.least
  return (
    <li
      data-ratio={ratio}
      data-least={pair.least}
      className="flex items-center gap-3 rounded-md border border-line p-2 text-xs"
      style={{ background: `var(--${pair.ground})` }}
    >
      {pair.least === 3 ? (
        <span
          aria-hidden="true"
          className="size-7 rounded-md border-2"
          style={{ borderColor: `var(--${pair.role})` }}
        />
      ) : (
        <span
          aria-hidden="true"
          className="w-7 text-center text-xl font-semibold"
          style={{ color: `var(--${pair.role})` }}
        >
          Aa
        </span>
      )}
      <span className="min-w-0" style={{ color: `var(--${pair.ground === 'ink' ? pair.role : 'ink'})` }}>
        <span className="block truncate">
          {pair.role} on {pair.ground}
        </span>
        <span className="tabular">
          {ratio.toFixed(2)} {good ? '✓' : '✗ below'} {pair.least}
        </span>
      </span>
    </li>
  )
}

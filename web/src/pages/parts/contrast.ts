/** WCAG 2.2 relative luminance of a computed `rgb(…)` colour. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map((text) => {
    const part = Number(text) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** WCAG 2.2 contrast ratio of two computed colours, 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

/** The colour that a role has on the page now, as `rgb(…)`. */
export function colourOf(role: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--${role})`
  document.body.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

/** A pair of roles that meet on the page, and the ratio they must hold: 4.5 for text, 3 for lines of controls. */
export interface Pair {
  readonly role: string
  readonly ground: string
  readonly least: 3 | 4.5
}

const GROUNDS = ['canvas', 'surface', 'sunken'] as const
const TONES = ['accent', 'good', 'warn', 'bad', 'unknown'] as const

export const PAIRS: readonly Pair[] = [
  ...(['ink', 'quiet'] as const).flatMap((role) =>
    GROUNDS.map((ground) => ({ role, ground, least: 4.5 as const })),
  ),
  ...TONES.flatMap((role) =>
    ['surface', 'canvas', `${role}-soft`].map((ground) => ({ role, ground, least: 4.5 as const })),
  ),
  { role: 'ink', ground: 'accent-soft', least: 4.5 },
  { role: 'quiet', ground: 'accent-soft', least: 4.5 },
  { role: 'on-ink', ground: 'ink', least: 4.5 },
  ...GROUNDS.map((ground) => ({ role: 'strong-line', ground, least: 3 as const })),
  ...GROUNDS.map((ground) => ({ role: 'accent', ground, least: 3 as const })),
]

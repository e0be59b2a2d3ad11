/** Outlines on a 16 × 16 grid, drawn for this console. */
const PATHS = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  alert: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.8v.01',
  question:
    'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM6.2 6.3a1.9 1.9 0 1 1 2.6 1.75c-.55.25-.8.6-.8 1.25M8 11.4v.01',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  hand: 'M8 14.5c-2.5 0-3.6-1.4-4.8-4.2-.4-1 .8-1.6 1.4-.7L5.5 11V4a.8.8 0 0 1 1.6 0v3.5V2.6a.8.8 0 0 1 1.6 0v4.9V3.3a.8.8 0 0 1 1.6 0v4.7-2.5a.8.8 0 0 1 1.6 0V10c0 3-1.4 4.5-3.9 4.5z',
  scale: 'M8 2v12M4.5 14h7M3 4.5h10M3 4.5 1.3 9h3.4zM13 4.5 11.3 9h3.4z',
  lock: 'M3.5 7.5h9v6.5h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  file: 'M3.5 1.5h5.8l3.2 3.2v9.8h-9zM9 1.5V5h3.5',
  clock: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.8',
  search: 'M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM10.7 10.7 14.3 14.3',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13',
  moon: 'M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z',
  screen: 'M1.5 3h13v8.5h-13zM5.5 14h5M8 11.5V14',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  right: 'M6 3.5 10.5 8 6 12.5',
  left: 'M10 3.5 5.5 8 10 12.5',
  box: 'M2 4.8 8 1.8l6 3v6.4l-6 3-6-3zM2 4.8l6 3 6-3M8 7.8v6.4',
  folder: 'M1.5 3.5h4.6l1.6 2h6.8v8h-13z',
  link: 'M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11.3 8.8M9 11.5l-1.2 1.2a3 3 0 0 1-4.3-4.3L4.7 7.2',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  flag: 'M3.5 14.5v-12M3.5 3h8.5l-2 3 2 3H3.5',
  info: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 7.5v3.5M8 5v.01',
  undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.5 3.5l-3 3 3 3',
  key: 'M5.2 13.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM7.4 8.3 13.5 2.2M11 4.7l2 2',
  door: 'M3 14.5V5.5a5 5 0 0 1 10 0v9M1.5 14.5h13M8 14.5v-14',
  person: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c.4-3.2 2.5-4.7 5.5-4.7s5.1 1.5 5.5 4.7',
} as const

export type IconName = keyof typeof PATHS

/** A decorative icon: it repeats what the words beside it say, and is hidden from assistive technology. */
export function Icon({
  name,
  size = 14,
  className = '',
}: {
  readonly name: IconName
  readonly size?: number
  readonly className?: string
}) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      className={`shrink-0 ${className}`}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

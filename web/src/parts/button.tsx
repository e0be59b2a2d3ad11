import { Tooltip } from 'radix-ui'
import { type ComponentProps, useId } from 'react'
import { Icon, type IconName } from './icon.tsx'

type Look = 'primary' | 'plain' | 'danger' | 'quiet'

export const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-ink text-on-ink border-ink hover:opacity-88',
  plain: 'bg-surface text-ink border-strong-line hover:bg-sunken',
  danger: 'bg-surface text-bad border-bad hover:bg-bad-soft',
  quiet: 'bg-transparent text-quiet border-transparent hover:bg-sunken hover:text-ink',
}

interface ButtonProps extends Omit<ComponentProps<'button'>, 'type'> {
  readonly look?: Look
  readonly icon?: IconName
  readonly type?: 'button' | 'submit'
  /** Work is under way: the button says so and ignores clicks. */
  readonly busy?: boolean
  /** Why it cannot be used now. It stays focusable, so that everyone can learn the reason. */
  readonly lockedBecause?: string | undefined
}

export const SHAPE =
  'inline-flex items-center justify-center gap-1.5 rounded-md border px-2.5 py-1 text-sm font-medium whitespace-nowrap transition-colors'
const LOCKED = `${SHAPE} border-line bg-sunken text-quiet cursor-not-allowed`

/** A button; with `lockedBecause` it is locked and knows why, in a tooltip and for a screen reader. */
export function Button({
  look = 'plain',
  icon,
  busy = false,
  lockedBecause,
  className = '',
  ...rest
}: ButtonProps) {
  const { children, type = 'button', ...others } = rest
  const reasonId = useId()
  if (lockedBecause === undefined)
    return (
      <button
        {...others}
        type={type}
        aria-disabled={busy || undefined}
        aria-busy={busy || undefined}
        onClick={busy ? (event) => event.preventDefault() : others.onClick}
        className={`${SHAPE} ${LOOKS[look]} ${busy ? 'cursor-progress opacity-70' : ''} ${className}`}
      >
        {icon === undefined ? null : <Icon name={icon} />}
        {children}
      </button>
    )
  return (
    <Hint text={lockedBecause}>
      <button
        type="button"
        aria-disabled="true"
        aria-describedby={reasonId}
        onClick={(event) => event.preventDefault()}
        className={`${LOCKED} ${className}`}
      >
        <Icon name="lock" />
        {children}
        <span id={reasonId} hidden>
          {lockedBecause}
        </span>
      </button>
    </Hint>
  )
}

/** A tooltip that opens on hover and on focus, and closes on Escape. */
function Hint({ text, children }: { readonly text: string; readonly children: React.ReactElement }) {
  return (
    <Tooltip.Root delayDuration={150}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-72 rounded-md bg-ink px-2.5 py-1.5 text-xs text-on-ink"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

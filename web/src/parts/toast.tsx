import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'
import { TONES } from './badge.tsx'
import { Icon } from './icon.tsx'

export interface ToastMessage {
  readonly tone: 'good' | 'bad' | 'warn'
  readonly text: string
}
interface Shown extends ToastMessage {
  readonly id: number
}

/** Milliseconds. Long enough to read two sentences; bad news stays until it is closed. */
const SHOWN_MS = 7000
const ICONS = { good: 'check', bad: 'cross', warn: 'pause' } as const

const ToastContext = createContext<(message: ToastMessage) => void>(() => undefined)

/** Says something at the edge of the page, aloud too. */
export function useToast(): (message: ToastMessage) => void {
  return useContext(ToastContext)
}

/** Holds the messages. The live region is there from the start, else a screen reader misses its first words. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([])
  const next = useRef(0)
  const close = useCallback((id: number) => setShown((all) => all.filter((one) => one.id !== id)), [])
  const say = useCallback(
    (message: ToastMessage) => {
      next.current += 1
      const id = next.current
      setShown((all) => [...all.slice(-3), { ...message, id }])
      if (message.tone !== 'bad') setTimeout(() => close(id), SHOWN_MS)
    },
    [close],
  )
  const list = useMemo(
    () => shown.map((one) => <Toast key={one.id} message={one} onClose={close} />),
    [shown, close],
  )
  return (
    <ToastContext value={say}>
      {children}
      <section
        aria-label="Messages"
        aria-live="polite"
        className="fixed right-4 bottom-4 z-50 flex w-96 flex-col gap-2"
      >
        {list}
      </section>
    </ToastContext>
  )
}

function Toast({ message, onClose }: { readonly message: Shown; readonly onClose: (id: number) => void }) {
  return (
    <div className="panel rise flex items-start gap-2 p-2.5 text-sm shadow-lg">
      <span className={`mt-px rounded-sm p-1 ${TONES[message.tone]}`}>
        <Icon name={ICONS[message.tone]} size={12} />
      </span>
      <p className="min-w-0 grow break-words">{message.text}</p>
      <button
        type="button"
        aria-label="Close this message"
        onClick={() => onClose(message.id)}
        className="rounded-sm p-1 text-quiet hover:bg-sunken"
      >
        <Icon name="cross" size={12} />
      </button>
    </div>
  )
}

import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'sallyport-theme'
const listeners = new Set<() => void>()

function current(): Theme {
  const chosen = document.documentElement.dataset.theme
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

/** Puts a theme on the page and remembers it; `theme.js` reads it before the next first paint. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    if (theme === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, theme)
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
  }
  for (const tell of listeners) tell()
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, current)
}

/** Counts the changes of the colours on the page, be they chosen here or by the system. */
export function subscribe(changed: () => void): () => void {
  listeners.add(changed)
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', changed)
  return () => {
    listeners.delete(changed)
    system.removeEventListener('change', changed)
  }
}

/** `light` or `dark`, as the page is shown now. */
export function useShownTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const theme = current()
    if (theme !== 'system') return theme
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  })
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { ask, keepToken } from '../api/client.ts'
import { meQuery } from '../api/queries.ts'
import { queueQuery } from '../api/review-queries.ts'
import { isWaiting } from '../pages/review/case-words.ts'
import { SignIn } from '../pages/sign-in/sign-in.tsx'
import { Button } from '../parts/button.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { Mark } from '../parts/mark.tsx'
import { ErrorState, Loading } from '../parts/states.tsx'
import { useToast } from '../parts/toast.tsx'
import { setTheme, THEMES, useTheme } from './theme.ts'

/** The frame of every page: skip link, banner, the page itself. Nobody sees a page before they have signed in. */
export function Shell() {
  const me = useQuery(meQuery)
  const main = useRef<HTMLElement>(null)
  useFocusOnArrival(main)
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-ink px-3 py-2 text-on-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <Banner signedIn={me.data !== null && me.data !== undefined} />
      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="mx-auto max-w-[86rem] px-5 pt-5 pb-16 focus:outline-none"
      >
        {me.isPending ? <Loading what="your session" rows={3} /> : null}
        {me.isError ? <ErrorState error={me.error} retry={() => void me.refetch()} /> : null}
        {me.data === null ? <SignIn /> : null}
        {me.data ? <Outlet /> : null}
      </main>
    </>
  )
}

/** Moves the reader to the new page when they followed a link; never on the first load, where the address bar has it. */
function useFocusOnArrival(main: React.RefObject<HTMLElement | null>) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    main.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [path, main])
}

function Banner({ signedIn }: { readonly signedIn: boolean }) {
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-12 max-w-[86rem] items-center gap-4 px-5 xl:gap-6">
        <Link to="/" className="flex items-center gap-2 text-lg font-semibold tracking-tight">
          <Mark />
          Sallyport
        </Link>
        {signedIn ? <Places /> : <span className="grow" />}
        <ThemeChoice />
        {signedIn ? <Person /> : null}
      </div>
    </header>
  )
}

function Places() {
  const queue = useQuery(queueQuery)
  const mayAdminister = useQuery(meQuery).data?.capabilities.includes('principals') ?? false
  const waiting = queue.data?.cases.filter(isWaiting).length ?? 0
  return (
    <nav aria-label="Main" className="flex h-full grow items-stretch gap-1">
      <Place to="/" name="Models" />
      <Place to="/review" name="Review queue" waiting={waiting} />
      <Place to="/hub" name="Hub" />
      <Place to="/runs" name="Runs" />
      <Place to="/ledger" name="Ledger" />
      <Place to="/policy" name="Policy" />
      {mayAdminister ? <Place to="/people" name="People" /> : null}
      <Place to="/parts" name="Parts" />
    </nav>
  )
}

interface PlaceProps {
  readonly to: '/' | '/review' | '/hub' | '/runs' | '/ledger' | '/policy' | '/people' | '/parts'
  readonly name: string
  readonly waiting?: number
}

function Place({ to, name, waiting = 0 }: PlaceProps) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const here = to === '/' ? path === '/' || /^\/(models|import)/.test(path) : path.startsWith(to)
  return (
    <Link
      to={to}
      aria-current={here ? 'page' : undefined}
      className={`flex items-center gap-1.5 border-b-2 px-2 pt-0.5 xl:px-2.5 text-sm font-medium whitespace-nowrap ${here ? 'border-ink text-ink' : 'border-transparent text-quiet hover:text-ink'}`}
    >
      {name}
      {waiting === 0 ? null : (
        <span className="tabular rounded-full bg-warn-soft px-1.5 text-2xs font-semibold text-warn">
          {waiting}
          <span className="sr-only"> waiting</span>
        </span>
      )}
    </Link>
  )
}

const THEME_ICONS: Readonly<Record<(typeof THEMES)[number], IconName>> = {
  system: 'screen',
  light: 'sun',
  dark: 'moon',
}

function ThemeChoice() {
  const theme = useTheme()
  return (
    <fieldset className="flex items-center rounded-md border border-line p-0.5">
      <legend className="sr-only">Theme</legend>
      {THEMES.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={theme === one}
          aria-label={`${one} theme`}
          title={`${one} theme`}
          onClick={() => setTheme(one)}
          className={`rounded-sm p-1 ${theme === one ? 'bg-sunken text-ink' : 'text-quiet hover:text-ink'}`}
        >
          <Icon name={THEME_ICONS[one]} size={13} />
        </button>
      ))}
    </fieldset>
  )
}

function Person() {
  const me = useQuery(meQuery).data
  const client = useQueryClient()
  const toast = useToast()
  if (!me) return null
  const leave = async () => {
    try {
      if (me.authentication === 'session') await ask('/api/v1/logout', { method: 'POST', body: {} })
    } catch (error) {
      return toast({ tone: 'bad', text: `You are still signed in: ${String(error)}` })
    }
    keepToken(undefined)
    client.clear()
    location.assign('/')
  }
  return (
    <div className="flex items-center gap-2 text-sm">
      <span className="flex items-center gap-1.5 whitespace-nowrap" title={me.principal.id}>
        <Icon name="person" />
        <span className="max-w-32 truncate">{me.principal.name ?? me.principal.owner}</span>
        <span className="hidden text-quiet xl:inline">{me.role}</span>
      </span>
      <Button look="quiet" onClick={() => void leave()}>
        Sign out
      </Button>
    </div>
  )
}

import type { Principal, Token } from '../../api/contract.ts'
import { type NewPerson, usePeopleDeeds, type WantedToken } from '../../api/people.ts'
import { useToast } from '../../parts/toast.tsx'
import { AddPerson } from './add-person.tsx'
import { Confirm } from './confirm.tsx'
import { MakeToken } from './make-token.tsx'
import { nameOf } from './people-words.ts'
import { type Secret, ShownSecret } from './shown-secret.tsx'

/** What an administrator has begun to do. */
export type Asked =
  | { readonly kind: 'add' }
  | { readonly kind: 'token' | 'link' | 'shut-out'; readonly principal: Principal }
  | { readonly kind: 'revoke'; readonly token: Token; readonly principal: Principal }
  | { readonly kind: 'shown'; readonly secret: Secret }

interface PeopleDialogsProps {
  readonly asked: Asked | undefined
  readonly principals: readonly Principal[]
  readonly onAsk: (asked: Asked) => void
  readonly onClose: () => void
}

/** The dialog of what was begun: what is asked first, and the secret that comes of it. */
export function PeopleDialogs({ asked, principals, onAsk, onClose }: PeopleDialogsProps) {
  const { isBusy, ...does } = useDoing(onAsk, onClose)
  switch (asked?.kind) {
    case undefined:
      return null
    case 'add':
      return <AddPerson principals={principals} busy={isBusy} onClose={onClose} onAdd={does.add} />
    case 'token':
      return (
        <MakeToken
          principal={asked.principal}
          busy={isBusy}
          onClose={onClose}
          onMake={(wanted) => does.makeToken(wanted, asked.principal)}
        />
      )
    case 'shown':
      return <ShownSecret secret={asked.secret} onClose={onClose} />
    case 'link':
      return (
        <Confirm
          title={`A login link for ${nameOf(asked.principal)}`}
          description="It signs one browser in, once, within a quarter of an hour. Give it to nobody else: whoever opens it first acts under this name."
          submit="Make the link"
          look="primary"
          busy={isBusy}
          onClose={onClose}
          onConfirm={() => does.makeLink(asked.principal)}
        />
      )
    case 'revoke':
      return (
        <Confirm
          title={`Revoke the token ${asked.token.label} of ${nameOf(asked.principal)}`}
          description="Whoever uses it is refused from the next request on. This cannot be taken back; another token can be made. What was signed under it stands."
          submit="Revoke"
          look="danger"
          busy={isBusy}
          onClose={onClose}
          onConfirm={() => does.revoke(asked.token)}
        />
      )
    case 'shut-out':
      return (
        <Confirm
          title={`Shut ${nameOf(asked.principal)} out`}
          description="No token, session or login link of theirs opens anything from now on. This cannot be taken back. What they signed stands: an approval of theirs still counts."
          submit="Shut out for good"
          look="danger"
          busy={isBusy}
          onClose={onClose}
          onConfirm={() => does.shutOut(asked.principal)}
        />
      )
  }
}

/** The label of a token that comes with a new person. */
const FIRST_TOKEN = 'first token'

/** Does what was asked and confirmed; failures are told by the deeds themselves, and leave the dialog open. */
function useDoing(onAsk: (asked: Asked) => void, onClose: () => void) {
  const deeds = usePeopleDeeds()
  const toast = useToast()
  const show = (wanted: WantedToken, principal: Principal, after?: () => void) =>
    deeds.makeToken.mutate(wanted, {
      onSuccess: ({ secret }) =>
        onAsk({ kind: 'shown', secret: { kind: 'token', of: nameOf(principal), text: secret } }),
      onError: () => after?.(),
    })
  return {
    isBusy: Object.values(deeds).some(({ isPending }) => isPending),
    add: (person: NewPerson) =>
      deeds.add.mutate(person, {
        onSuccess: (principal) =>
          show({ principalId: principal.id, label: FIRST_TOKEN, role: principal.role }, principal, () => {
            toast({ tone: 'warn', text: `${nameOf(principal)} was added, without a token: make one.` })
            onClose()
          }),
      }),
    makeToken: (wanted: WantedToken, principal: Principal) => show(wanted, principal),
    makeLink: (principal: Principal) =>
      deeds.makeLink.mutate(principal.id, {
        onSuccess: ({ url, expiresAt }) =>
          onAsk({ kind: 'shown', secret: { kind: 'link', of: nameOf(principal), text: url, expiresAt } }),
      }),
    revoke: (token: Token) =>
      deeds.revoke.mutate(token, {
        onSuccess: () => {
          toast({ tone: 'good', text: `The token ${token.label} is revoked.` })
          onClose()
        },
      }),
    shutOut: (principal: Principal) =>
      deeds.shutOut.mutate(principal.id, {
        onSuccess: () => {
          toast({ tone: 'good', text: `${nameOf(principal)} is shut out.` })
          onClose()
        },
      }),
  }
}

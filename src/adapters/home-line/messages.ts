import { type ErrorCode, SallyportError } from '../../ground/lang/index.ts'

/** The first message of a caller. */
export interface Hello {
  readonly kind: 'hello'
  /** Both ends are one program: what is passed has no form of its own. */
  readonly version: string
  /** Who acts, where it is not the owner of the home. */
  readonly token?: string
}

/** Something is to be done. */
export interface Call {
  readonly kind: 'call'
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
  /** Places in `args` of functions that want to be told. */
  readonly listeners: readonly number[]
}

/** What a listener of a running call is told. */
export interface Told {
  readonly kind: 'told'
  readonly id: number
  readonly listener: number
  readonly args: readonly unknown[]
}

/** How a call, or the hello with number 0, ended. */
export type Ended =
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }

/** An error on its way. `code` is absent for a bug. */
interface Failure {
  readonly code?: ErrorCode
  readonly message: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** The number under which the answer to a hello comes. */
export const HELLO_ID = 0

/** An error as it can be sent. Of a bug the stack goes along: the one who asked sees what the server saw. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof SallyportError)
    return { code: cause.code, message: cause.message, detail: plain(cause.detail) }
  return { message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), detail: {} }
}

/** The error that was sent. */
export function errorOf({ code, message, detail }: Failure): Error {
  if (code === undefined) return new Error(message)
  return new SallyportError(code, message, { detail: { ...detail } })
}

/** What can be cloned; an investigator's detail is no reason for an answer to get lost. */
function plain(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return structuredClone(detail)
  } catch {
    return { unclear: String(Object.keys(detail)) }
  }
}

/** Whether somebody who connected speaks this language at all. */
export function isHello(message: unknown): message is Hello {
  return hasKind(message, 'hello') && 'version' in message && typeof message.version === 'string'
}

/** Whether it is a call that can be tried. */
export function isCall(message: unknown): message is Call {
  return (
    hasKind(message, 'call') &&
    ['id', 'name', 'args', 'listeners'].every((key) => key in message) &&
    Number.isSafeInteger((message as Call).id) &&
    typeof (message as Call).name === 'string' &&
    Array.isArray((message as Call).args) &&
    Array.isArray((message as Call).listeners)
  )
}

function hasKind(message: unknown, kind: string): message is { readonly kind: string } {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind
}

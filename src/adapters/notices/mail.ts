import { createTransport } from 'nodemailer'
import { SallyportError } from '../../ground/lang/index.ts'
import type { NoticeBody, NoticeChannel } from '../../services/review/index.ts'

/** Milliseconds for connecting, greeting and each silence of the server. */
const SMTP_MS = 10_000
/** Characters of a subject; longer ones are folded by servers in ways of their own. */
const MAX_SUBJECT = 150
/** Addresses of one mail. */
const MAX_TO = 100

/** How mails are sent, and to whom. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them: a secret. */
  readonly smtpUrl: string
  readonly from: string
  /** Whoever is always told, and told in place of people without an address. */
  readonly to: readonly string[]
  /** Addresses of people, by pseudonymous id or by owner. */
  readonly addressOf: (principalId: string) => string | undefined
}

/** Mail through SMTP, with STARTTLS where the server offers it. */
export function createMail({ smtpUrl, from, to, addressOf }: MailSettings): NoticeChannel {
  const transport = createTransport({
    url: smtpUrl,
    ...{ connectionTimeout: SMTP_MS, greetingTimeout: SMTP_MS, socketTimeout: SMTP_MS },
    // A body never names a file or an address to be read: what models are called comes from strangers.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  return {
    name: 'mail',
    send: async ({ id, body }, signal) => {
      const found = body.to.flatMap((principal) => addressOf(principal) ?? [])
      const receivers = [...new Set([...found, ...to])].slice(0, MAX_TO)
      if (receivers.length === 0) return // Nobody of those who asked has an address, and no other is set.
      if (signal.aborted) throw new SallyportError('ABORTED', 'the house is closing')
      try {
        await transport.sendMail({
          ...{ from, bcc: receivers, messageId: `<${id}@sallyport>`, subject: subjectOf(body) },
          text: textOf(body),
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Sallyport-Event': body.event },
        })
      } catch (cause) {
        // The address of the server holds a password; its message does not leave this function.
        throw new SallyportError('PEER_FAILED', `the mail server did not take it: ${codeOf(cause)}`)
      }
    },
  }
}

function codeOf(cause: unknown): string {
  const { code, responseCode } = cause as { readonly code?: unknown; readonly responseCode?: unknown }
  return [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ')
}

const SUBJECTS: Readonly<Record<NoticeBody['event'], string>> = {
  'review.opened': 'waits for a review',
  'review.taken': 'is being reviewed',
  'review.answered': 'was answered',
  'review.overdue': 'waits longer than it should',
}

function subjectOf({ event, name }: NoticeBody): string {
  return oneLine(`[Sallyport] ${name} ${SUBJECTS[event]}`).slice(0, MAX_SUBJECT)
}

function textOf({ text, answer, url, deadline, digest }: NoticeBody): string {
  const note = answer === undefined ? [] : [`They wrote: ${oneLine(answer.note)}`]
  return [oneLine(text), ...note, `Due by: ${deadline}`, `Model:  ${digest}`, `Page:   ${url}`, ''].join(
    '\r\n',
  )
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
}

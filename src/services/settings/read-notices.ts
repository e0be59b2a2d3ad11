import { resolve } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'

/** Until when a review is due, and how people are told of it. */
export interface NoticeSettings {
  /** Days from a request to the answer. */
  readonly reviewDays: number
  /** Addresses that get every notice as JSON. */
  readonly noticeWebhooks: readonly string[]
  /** Where the secret with which they are signed stands. */
  readonly noticeWebhookSecretFile?: string
  /** Where the address of a webhook that takes `{text}` stands: whoever knows it can post. */
  readonly noticeSlackUrlFile?: string
  /** Where the address of the mail server stands, with user and password. */
  readonly noticeSmtpUrlFile?: string
  readonly noticeFrom?: string
  /** Addresses that are always told by mail. */
  readonly noticeTo: readonly string[]
  /** Where a JSON object of mail addresses by principal or owner stands. */
  readonly noticePeopleFile?: string
}

const DEFAULT_DAYS = 7
/** A deadline further off is none. */
const MAX_DAYS = 365

const FILES = [
  'noticeWebhookSecretFile',
  'noticeSlackUrlFile',
  'noticeSmtpUrlFile',
  'noticePeopleFile',
] as const

/** @param text of a setting by its name @throws SallyportError `BAD_CONFIG` */
export function readNotices(text: (name: keyof NoticeSettings) => string | undefined): NoticeSettings {
  const webhooks = listOf(text('noticeWebhooks'))
  for (const url of webhooks) checkUrl(url)
  const from = text('noticeFrom')
  if (text('noticeSmtpUrlFile') !== undefined && from === undefined)
    throw new SallyportError(
      'BAD_CONFIG',
      'noticeSmtpUrlFile wants noticeFrom: the address that mails come from',
    )
  return {
    reviewDays: daysOf(text('reviewDays')),
    noticeWebhooks: webhooks,
    noticeTo: listOf(text('noticeTo')),
    ...(from === undefined ? {} : { noticeFrom: from }),
    ...Object.fromEntries(
      FILES.flatMap((name) => {
        const file = text(name)
        return file === undefined ? [] : [[name, resolve(file)]]
      }),
    ),
  }
}

function daysOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DAYS
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= MAX_DAYS) return days
  throw new SallyportError('BAD_CONFIG', `reviewDays is "${text}"; write a number from 1 to ${MAX_DAYS}`)
}

function checkUrl(text: string): void {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '')
    throw new SallyportError(
      'BAD_CONFIG',
      `noticeWebhooks has "${text.slice(0, 120)}"; it must be an address such as https://example.com/hook, without secrets in it`,
    )
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]))
}

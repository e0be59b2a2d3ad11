import type { SignedEntity } from '@sigstore/verify'

type Timestamp = Extract<SignedEntity['timestamps'][number], { $case: 'timestamp-authority' }>['timestamp']

/** GeneralizedTime in DER: a fraction has no trailing zero, so it may have any number of digits (RFC 3161 section 2.4.2). */
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,12}))?Z$/

/**
 * A timestamp whose time may have any fraction of a second. The library reads exactly three digits or none, and would
 * refuse one in ten tokens of an authority that says milliseconds, and all of one that says microseconds.
 * @throws TypeError where there is no time
 */
export function preciseTimestamp(stamp: Timestamp): Timestamp {
  const text = stamp.tstInfo.root.subs[4]?.value.toString('latin1') ?? ''
  const [, year, month, day, hour, minute, second, fraction = ''] = GENERALIZED_TIME.exec(text) ?? []
  const time = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`,
  )
  if (Number.isNaN(time.getTime())) throw new TypeError('the timestamp names no time')
  return Object.create(stamp, { signingTime: { value: time } })
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createQuota, type UsageBook } from './index.ts'

function book(): UsageBook {
  const used = new Map<string, number>()
  return {
    used: (who, day) => used.get(`${who} ${day}`) ?? 0,
    add: (who, day, bytes) => void used.set(`${who} ${day}`, (used.get(`${who} ${day}`) ?? 0) + bytes),
  }
}

const limited = (retryAfterS: unknown) =>
  expect.objectContaining({ code: 'RATE_LIMITED', detail: { retryAfterS } })
const caught = (deed: () => void): unknown => {
  try {
    return deed()
  } catch (error) {
    return error
  }
}

test('requests beyond the limit of a minute are refused, say when to come again, and nobody else pays for it', () => {
  let at = 0
  const quota = createQuota({ requestsPerMinute: 6 }, { usage: book(), now: () => new Date(at) })
  for (let i = 0; i < 6; i++) quota.request('ada')
  expect(caught(() => quota.request('ada'))).toEqual(limited(10))
  quota.request('bo')
  at = 10_000
  quota.request('ada')
  expect(caught(() => quota.request('ada'))).toEqual(limited(10))
})

test('bytes are counted by the day in UTC, and what would pass the limit is not begun', () => {
  let at = Date.parse('2026-11-21T23:59:00Z')
  const quota = createQuota({ bytesPerDay: 100 }, { usage: book(), now: () => new Date(at) })
  quota.bytes('ada', 60)
  expect(caught(() => quota.bytes('ada', 41))).toEqual(limited(60))
  quota.bytes('ada', 40)
  quota.bytes('bo', 100)
  at += 60_000
  quota.bytes('ada', 100)
})

test('whatever is asked when, no day sees more bytes than the limit, and no minute more than twice the requests', () => {
  const asks = fc.array(fc.record({ afterMs: fc.nat(20_000), bytes: fc.nat(50) }), { maxLength: 200 })
  fc.assert(
    fc.property(asks, (list) => {
      let at = Date.parse('2026-11-21T00:00:00Z')
      const usage = book()
      const quota = createQuota(
        { bytesPerDay: 500, requestsPerMinute: 5 },
        { usage, now: () => new Date(at) },
      )
      const passed: number[] = []
      for (const { afterMs, bytes } of list) {
        at += afterMs
        if (caught(() => quota.request('ada')) === undefined) passed.push(at)
        caught(() => quota.bytes('ada', bytes))
        expect(usage.used('ada', new Date(at).toISOString().slice(0, 10))).toBeLessThanOrEqual(500)
        expect(passed.filter((one) => one > at - 60_000).length).toBeLessThanOrEqual(10)
      }
    }),
  )
})

test('without limits everything passes', () => {
  const quota = createQuota({}, { usage: book(), now: () => new Date() })
  for (let i = 0; i < 1000; i++) {
    quota.request('ada')
    quota.bytes('ada', 2 ** 40)
  }
})

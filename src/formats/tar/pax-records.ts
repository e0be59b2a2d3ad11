/** Records of one PAX header; real ones have fewer than ten. */
const MAX_RECORDS = 1000

/** PAX records: `length key=value\n` (POSIX.1-2017, pax Header Block). `problem` says why reading stopped. */
export interface PaxRecords {
  readonly values: ReadonlyMap<string, string>
  readonly problem?: string
}

/** Reads the records of an extended header. The last of a key counts, as in all readers. */
export function readPax(bytes: Uint8Array): PaxRecords {
  const values = new Map<string, string>()
  let problem: string | undefined
  let at = 0
  for (let i = 0; at < bytes.length && bytes[at] !== 0 && problem === undefined; i++) {
    const end = endOfRecord(bytes, at)
    if (end === undefined || i >= MAX_RECORDS) {
      problem = 'a PAX record is damaged'
      break
    }
    const blank = bytes.indexOf(0x20, at)
    const text = Buffer.from(bytes.subarray(blank + 1, end - 1)).toString('utf8')
    const equals = text.indexOf('=')
    if (equals < 1) problem = 'a PAX record has no key'
    else {
      const key = text.slice(0, equals)
      const value = text.slice(equals + 1)
      if (values.has(key) && values.get(key) !== value) problem = `PAX gives ${JSON.stringify(key)} twice`
      values.set(key, value)
    }
    at = end
  }
  return problem === undefined ? { values } : { values, problem }
}

function endOfRecord(bytes: Uint8Array, at: number): number | undefined {
  let length = 0
  for (let i = at; i < at + 8; i++) {
    const byte = bytes[i] ?? 0
    if (byte === 0x20 && i > at) {
      const end = at + length
      return end > i + 1 && end <= bytes.length && bytes[end - 1] === 0x0a ? end : undefined
    }
    if (byte < 0x30 || byte > 0x39) return undefined
    length = length * 10 + byte - 0x30
  }
  return undefined
}

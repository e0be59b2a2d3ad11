import type { Case, Judgement } from './case.ts'

/** Text or bytes that are run as code. */
export function judgeExecution(one: Case): Judgement | undefined {
  const { event, marks, group, name } = one
  const runs = group === 'execute' ? 'runs' : 'unpickles'
  if (marks.decoded !== undefined && !isHarmlessDecoding(one))
    return { level: 'malicious', what: `${runs} what ${marks.decoded} gives: ${name}`, isHiding: true }
  if (marks.network !== undefined) return ofNetwork(one, runs)
  if (event.isHidden && group === 'execute' && one.moment !== 'other')
    return { level: 'malicious', what: `hides that it ${runs} code: ${name}`, isHiding: true }
  if (group === 'deserialise') return deserialised(one)
  if (isKnownText(one)) return { level: 'note', what: `runs a constant text: ${name}` }
  if (one.moment === 'other' || one.role !== 'loaded') return { level: 'note', what: `runs a text: ${name}` }
  if (one.moment === 'loader' && /^(?:eval|numexpr\.evaluate)$/.test(name))
    return { level: 'note', what: `evaluates a text: ${name}` }
  return { level: 'suspicious', what: `runs a text that is not known: ${name}` }
}

/** Joining characters hides nothing that was not followed; caches and data sets unpack what they unpickle. */
function isHarmlessDecoding({ event, marks, group, moment }: Case): boolean {
  if (marks.decoded === 'chr') return true
  if (group !== 'deserialise') return false
  const [data] = event.args
  const isConstant = data?.kind === 'bytes' || data?.kind === 'text'
  return !isConstant && (moment === 'other' || /^(?:zlib|gzip|bz2|lzma|codecs)\./.test(marks.decoded ?? ''))
}

function ofNetwork(one: Case, runs: string): Judgement {
  const what = `${runs} what it fetches by ${one.marks.network}: ${one.name}`
  const isFar = one.moment === 'other' && one.group === 'deserialise'
  return { level: isFar ? 'note' : one.moment === 'other' ? 'suspicious' : 'malicious', what }
}

function isKnownText({ event }: Case): boolean {
  const [code] = event.args
  return code?.kind === 'text' || code?.kind === 'bytes'
}

function deserialised(one: Case): Judgement {
  const { event, moment, role, name } = one
  const [data] = event.args
  if (data?.kind === 'bytes' || data?.kind === 'text')
    return { level: 'malicious', what: `unpickles bytes that stand in the code: ${name}`, isHiding: true }
  const isOnImport = moment === 'import' && role === 'loaded'
  return { level: isOnImport ? 'suspicious' : 'note', what: `unpickles a file: ${name}` }
}

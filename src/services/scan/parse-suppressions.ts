import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml'
import { SallyportError } from '../../ground/lang/index.ts'
import { compileGlob } from './glob.ts'
import { endOf, type Suppression } from './suppression.ts'

/** Characters. A list of exceptions that nobody can read protects nobody. */
const MAX_CHARACTERS = 1024 * 1024
const FIELDS = ['rule', 'path', 'fingerprint', 'owner', 'reason', 'until']

/**
 * The exceptions of a suppressions file.
 * @throws SallyportError `BAD_INPUT` naming file, line and column of the first thing that is wrong, and how many more there are
 */
export function parseSuppressions(text: string, file: string): readonly Suppression[] {
  if (text.length > MAX_CHARACTERS)
    throw new SallyportError(
      'BAD_INPUT',
      `${file}: a suppressions file has at most ${MAX_CHARACTERS} characters`,
    )
  const lines = new LineCounter()
  const problems: string[] = []
  const complain = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset)
    problems.push(`${file}:${line}:${col} ${message}`)
  }
  const document = parseDocument(text, { lineCounter: lines, strict: true, stringKeys: true, version: '1.2' })
  for (const error of document.errors) complain(error.pos[0], error.message.split('\n')[0] ?? 'is not YAML')
  const found = problems.length === 0 ? readDocument(document.contents, lines, complain) : []
  if (problems.length > 0) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    throw new SallyportError('BAD_INPUT', `${problems[0]}${more}`, { detail: { problems } })
  }
  return found
}

type Complain = (offset: number, message: string) => void

function readDocument(contents: unknown, lines: LineCounter, complain: Complain): readonly Suppression[] {
  if (!isMap(contents)) {
    complain(0, 'a suppressions file is a map with schemaVersion: 1 and suppressions')
    return []
  }
  const version = contents.get('schemaVersion')
  if (version !== 1) complain(offsetOf(contents), 'schemaVersion must be 1')
  const list = contents.get('suppressions')
  if (!isSeq(list)) {
    complain(offsetOf(contents), 'suppressions must be a list')
    return []
  }
  return list.items.flatMap((item) => {
    if (isMap(item)) return readEntry(item, lines.linePos(offsetOf(item)).line, complain) ?? []
    complain(offsetOf(item), 'a suppression is a map')
    return []
  })
}

function readEntry(entry: YAMLMap, line: number, complain: Complain): Suppression | undefined {
  const problems: string[] = []
  const refuse: Complain = (offset, message) => {
    problems.push(message)
    complain(offset, message)
  }
  const fields = readFields(entry, refuse)
  checkFields(fields, offsetOf(entry), refuse)
  const text = (name: string): string => fields.get(name)?.text ?? ''
  const matchesPath = fields.has('path') ? compileGlob(text('path')) : undefined
  if (fields.has('path') && matchesPath === undefined)
    refuse(fields.get('path')?.at ?? 0, 'is no pattern of paths')
  if (problems.length > 0) return undefined
  return {
    ...{ rule: text('rule'), owner: text('owner'), reason: text('reason'), until: text('until'), line },
    ...(fields.has('path') ? { path: text('path') } : {}),
    ...(fields.has('fingerprint') ? { fingerprint: text('fingerprint') } : {}),
    ...(matchesPath === undefined ? {} : { matchesPath }),
  }
}

type Fields = ReadonlyMap<string, { readonly text: string; readonly at: number }>

function checkFields(fields: Fields, at: number, refuse: Complain): void {
  for (const name of ['rule', 'owner', 'reason', 'until'])
    if ((fields.get(name)?.text ?? '') === '') refuse(at, `a suppression needs ${name}`)
  const fingerprint = fields.get('fingerprint')
  if (fingerprint === undefined && !fields.has('path'))
    refuse(at, 'a suppression names a path or a fingerprint; a rule is never put aside everywhere')
  if (fingerprint !== undefined && !/^[0-9a-f]{16}$/.test(fingerprint.text))
    refuse(fingerprint.at, 'a fingerprint has 16 hex digits; sallyport scan --verbose shows it')
  const until = fields.get('until')
  if (until !== undefined && endOf(until.text) === undefined) refuse(until.at, 'until is a day, YYYY-MM-DD')
}

function readFields(entry: YAMLMap, refuse: Complain): Fields {
  const fields = new Map<string, { text: string; at: number }>()
  for (const { key, value } of entry.items) {
    const name = isScalar(key) ? String(key.value) : ''
    const at = offsetOf(key)
    if (!FIELDS.includes(name)) refuse(at, `there is no "${name}"; known are ${FIELDS.join(', ')}`)
    // The text as it stands: 0123456789012345 is a fingerprint and no number.
    else if (isScalar(value) && value.value !== null)
      fields.set(name, { text: (value.source ?? String(value.value)).trim(), at: offsetOf(value) })
    else refuse(at, `${name} must be text`)
  }
  return fields
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

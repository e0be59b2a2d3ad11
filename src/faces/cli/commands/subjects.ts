import { readFile } from 'node:fs/promises'
import { buildCommand, buildRouteMap } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import {
  parseSubjectName,
  type RegisteredSubject,
  SUBJECT_KINDS,
  type SubjectChanges,
  type SubjectKind,
} from '../../../services/subjects/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { EXIT_OF_VERDICT } from '../exit-code.ts'
import { bold, dim, safe, shortDigest } from '../format-text.ts'
import { resolveModel } from '../resolve-model.ts'
import { nextStep } from '../show-model.ts'
import { table } from '../table.ts'
import { withHome } from '../with-home.ts'

const KIND = { parse: kindOf, brief: SUBJECT_KINDS.join(', '), placeholder: 'kind' } as const

const registerCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, ...[kind, name, path]: [SubjectKind, string, string]) {
    const content = kind === 'dataset' ? path : await textAt(path)
    const { subject, isNew, changes, fallenAway } = await withHome(this, async (home) => {
      const actor = await home.actor({ verb: 'register', kind, name, path })
      return (await home.subjects()).register({ kind, name, content }, actor)
    })
    const more = {
      ...(changes === undefined ? {} : { changes }),
      ...(fallenAway === undefined ? {} : { fallenAway }),
    }
    const shown = outputOf({ kind, name, model: subject })
    print(this, flags, { kind: 'subject', isNew, subject: shown, ...more }, () => [
      `${bold(safe(subject.name))}  ${shortDigest(subject.digest)}  ${subject.stage}, ${subject.verdict}`,
      ...(isNew ? [] : [dim('  These very bytes were registered before.')]),
      ...(changes === undefined ? [] : ['', ...changeLines(changes)]),
      ...(fallenAway === undefined ? [] : ['', `  ! ${fallenAway}`]),
      dim(`  next: ${nextStep(subject)}`),
    ])
    this.process.exitCode = EXIT_OF_VERDICT[subject.verdict]
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [
        KIND,
        { parse: String, brief: 'What it is called; versions share a name', placeholder: 'name' },
        { parse: String, brief: 'File; for a data set also a folder', placeholder: 'path' },
      ],
    },
  },
  docs: {
    brief: 'Take in a version of a data set, prompt, tool list or endpoint',
    fullDescription:
      'It is hashed in its canonical form, assessed, and then has the stages of a model: approve, promote, revoke and explain take its name or digest. A changed version is shown against the one before, and its approvals begin at none.',
    customUsage: [
      { input: 'prompt support/triage triage.jinja', brief: 'a system prompt or template' },
      { input: 'tool-list github tools.json', brief: 'MCP tools/list, or an array of tools' },
      { input: 'endpoint chat endpoint.json', brief: 'provider, model, prompt and tools as one' },
      { input: 'dataset reviews data/reviews', brief: 'a folder of data' },
    ],
  },
})

interface ListFlags extends CommonFlags {
  readonly kind?: SubjectKind
}

const listCommand = buildCommand({
  async func(this: CliContext, { kind, ...flags }: ListFlags) {
    const subjects = await withHome(this, async (home) =>
      (await home.subjects()).list(kind === undefined ? {} : { kind }),
    )
    print(this, flags, { kind: 'subjects', subjects: subjects.map(outputOf) }, () => listLines(subjects))
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      kind: { kind: 'parsed', parse: kindOf, optional: true, brief: 'of this kind only' },
    },
  },
  docs: { brief: 'List data sets, prompts, tool lists and endpoints, the newest version first' },
})

const changesCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, before: string, after?: string) {
    const changes = await withHome(this, async (home) => {
      const subjects = await home.subjects()
      if (after !== undefined)
        return subjects.changes(
          await resolveModel(home.registry, before),
          await resolveModel(home.registry, after),
        )
      const parsed = parseSubjectName(before)
      const [newest, previous] = parsed === undefined ? [] : await subjects.list(parsed)
      if (newest === undefined || previous === undefined)
        throw new SallyportError(
          'NOT_FOUND',
          `"${before.slice(0, 100)}" has no two versions here; \`sallyport subject list\` shows names such as prompt:support/triage`,
        )
      return subjects.changes(previous.model.digest, newest.model.digest)
    })
    print(this, flags, { kind: 'subject-changes', changes }, () => changeLines(changes))
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: String, brief: 'Name such as prompt:support/triage, or a digest', placeholder: 'before' },
        { parse: String, brief: 'The later version, by digest', placeholder: 'after', optional: true },
      ],
    },
  },
  docs: {
    brief: 'Show what differs between two versions, and which of it has been used to attack',
    customUsage: [{ input: 'tool-list:github', brief: 'the newest version against the one before' }],
  },
})

/** `sallyport subject …`. */
export const subjectCommands = buildRouteMap({
  routes: { register: registerCommand, list: listCommand, diff: changesCommand },
  docs: { brief: 'Data sets, prompts, tool lists and endpoints: the same stages as models' },
})

function kindOf(text: string): SubjectKind {
  const kind = SUBJECT_KINDS.find((one) => one === text)
  if (kind === undefined) throw new SyntaxError(`"${text}" is none of ${SUBJECT_KINDS.join(', ')}`)
  return kind
}

async function textAt(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `${path} cannot be read as UTF-8: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function listLines(subjects: readonly RegisteredSubject[]): readonly string[] {
  if (subjects.length === 0)
    return ['Nothing is registered yet.', dim('  → sallyport subject register prompt NAME FILE')]
  return table(
    ['KIND', 'NAME', 'DIGEST', 'STAGE', 'VERDICT', 'APPROVALS', 'REGISTERED'],
    subjects.map(({ kind, name, model }) => [
      kind,
      safe(name),
      shortDigest(model.digest),
      model.stage,
      model.verdict,
      String(model.approvals),
      model.importedAt,
    ]),
  )
}

function changeLines({
  lines,
  cut,
  added,
  removed,
  changed,
  risks,
  ...at
}: SubjectChanges): readonly string[] {
  const items = [
    ...added.map((item) => `  + ${safe(item)}`),
    ...removed.map((item) => `  - ${safe(item)}`),
    ...changed.map(({ item, fields }) => `  ~ ${safe(item)}: ${fields.map(safe).join(', ')}`),
  ]
  const shown = lines.map(({ sign, text }) => `  ${sign} ${safe(text)}`)
  return [
    dim(`  ${shortDigest(at.before)} → ${shortDigest(at.after)}`),
    ...(items.length === 0 && shown.length === 0 ? ['  Nothing differs.'] : items),
    ...(shown.length === 0 ? [] : ['', ...shown, ...(cut ? [dim('  … more lines differ')] : [])]),
    ...(risks.length === 0
      ? []
      : ['', ...risks.map(({ code, message }) => `  ! ${safe(message)} ${dim(code)}`)]),
  ]
}

function outputOf({ kind, name, model }: RegisteredSubject): unknown {
  const { digest, stage, verdict, approvals, importedAt } = model
  return { kind, name, digest, stage, verdict, approvals, registeredAt: importedAt }
}

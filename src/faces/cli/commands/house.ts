import { buildCommand, buildRouteMap } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { EXIT_USAGE } from '../exit-code.ts'
import { dim, safe, showVerdict } from '../format-text.ts'
import type { DoctorCheck } from '../house.ts'
import { table } from '../table.ts'
import { withHome } from '../with-home.ts'

interface UpFlags extends CommonFlags {
  readonly example: boolean
  readonly host?: string
  readonly port?: number
  readonly insecure: boolean
}

/** The highest TCP port. */
const MAX_PORT = 65_535

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT)
    throw new SallyportError('BAD_INPUT', `"${text}" is not a port`)
  return port
}

export const upCommand = buildCommand({
  func(this: CliContext, flags: UpFlags) {
    const { example, insecure, host, port } = flags
    return this.house.up({
      example,
      insecure,
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      say: (line) => this.io.out(line),
    })
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      example: {
        kind: 'boolean',
        brief: 'Load the example pipeline, once',
        default: false,
        withNegated: false,
      },
      host: { kind: 'parsed', parse: String, brief: 'Address to listen on (127.0.0.1)', optional: true },
      port: { kind: 'parsed', parse: parsePort, brief: 'Port of console and API (7450)', optional: true },
      insecure: {
        kind: 'boolean',
        brief: 'Listen beyond loopback without TLS',
        default: false,
        withNegated: false,
      },
    },
  },
  docs: {
    brief: 'Run console, API and log on this machine',
    fullDescription:
      'Everything in one process on an embedded store. The first start prints a one-time login link.',
    customUsage: [
      { input: '', brief: 'on http://127.0.0.1:7450' },
      { input: '--example', brief: 'with models to look at' },
    ],
  },
})

const listPeople = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const people = await withHome(this, (home) => home.people())
    print(this, flags, { kind: 'people', people }, () =>
      table(
        ['NAME', 'ROLE', 'ID'],
        people.map((person) => [safe(person.name ?? '(erased)'), person.role, person.id]),
      ),
    )
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: { brief: 'List the people who may act here' },
})

interface PersonFlags extends CommonFlags {
  readonly role: 'viewer' | 'contributor' | 'reviewer' | 'deployer' | 'admin'
}

const addPerson = buildCommand({
  async func(this: CliContext, flags: PersonFlags, name: string) {
    const added = await withHome(this, (home) => home.addPerson({ name, role: flags.role }))
    print(this, flags, { kind: 'person', ...added }, () => [
      `${safe(name)} is ${added.person.role} here, id ${added.person.id}`,
      `  token, shown this once: ${added.token}`,
      dim('  use it as SALLYPORT_TOKEN, or in the Authorization header as Bearer'),
    ])
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      role: {
        kind: 'enum',
        values: ['viewer', 'contributor', 'reviewer', 'deployer', 'admin'],
        brief: 'What they may do',
        default: 'reviewer',
      },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'Their name', placeholder: 'name' }] },
  },
  docs: { brief: 'Add a person, and print their API token once' },
})

export const peopleCommands = buildRouteMap({
  routes: { list: listPeople, add: addPerson },
  docs: { brief: 'Who may act here' },
})

const checkPolicy = buildCommand({
  async func(this: CliContext, flags: CommonFlags, path: string) {
    const problems = await this.house.checkPolicy(new TextDecoder().decode(await this.house.readFile(path)))
    print(this, flags, { kind: 'policy-check', path, problems }, () =>
      problems.length === 0
        ? [`${showVerdict('clean')}  ${safe(path)} is a policy`]
        : problems.map(
            (problem) =>
              `${safe(path)}:${problem.line}:${problem.column} ${safe(problem.path)}: ${safe(problem.message)}`,
          ),
    )
    if (problems.length > 0) this.process.exitCode = EXIT_USAGE
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A policy in YAML', placeholder: 'file' }],
    },
  },
  docs: { brief: 'Check a policy file, with line and column' },
})

/** Columns of the longest stage, and two. */
const STAGE_WIDTH = 13

const showPolicy = buildCommand({
  async func(this: CliContext, flags: CommonFlags & { readonly sentences: boolean }) {
    const [yaml, sentences] = [await this.house.policyText(), await this.house.policySentences()]
    print(this, flags, { kind: 'policy', yaml, sentences }, () =>
      flags.sentences
        ? sentences.map(({ stage, text }) => `${stage.padEnd(STAGE_WIDTH)}${safe(text)}`)
        : [yaml.trimEnd()],
    )
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      sentences: {
        kind: 'boolean',
        brief: 'As sentences, for people who do not read YAML',
        default: false,
        withNegated: false,
      },
    },
  },
  docs: { brief: 'Print the policy in force' },
})

export const policyCommands = buildRouteMap({
  routes: { check: checkPolicy, show: showPolicy },
  docs: { brief: 'The policy in force, and a check for new ones' },
})

const SIGN: Readonly<Record<DoctorCheck['status'], string>> = { ok: '✓', warning: '▲', failed: '✗' }

export const doctorCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const checks = await this.house.doctor()
    print(this, flags, { kind: 'doctor', checks }, () =>
      checks.flatMap((check) => [
        `${SIGN[check.status]} ${check.name.padEnd(12)} ${safe(check.message)}`,
        ...(check.nextStep === undefined ? [] : [`  → ${safe(check.nextStep)}`]),
      ]),
    )
    if (checks.some(({ status }) => status === 'failed')) this.process.exitCode = 2
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: { brief: 'Look whether everything here is in order' },
})

import { buildCommand, buildRouteMap } from '@stricli/core'
import { SallyportError } from '../../../ground/lang/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { dim } from '../format-text.ts'
import { resolveSubject, SUBJECT_FLAG } from '../resolve-subject.ts'
import { databaseTable, evidenceLines } from '../show-dependencies.ts'
import { withHome } from '../with-home.ts'

const FORMATS = ['auto', 'trivy', 'grype', 'snyk', 'osv-scanner', 'sarif', 'cyclonedx', 'spdx'] as const

interface UpdateFlags extends CommonFlags {
  readonly from: readonly string[]
  readonly add: boolean
  readonly epss?: string
  readonly kev?: string
}

const updateCommand = buildCommand({
  async func(this: CliContext, flags: UpdateFlags) {
    const { from, add, epss, kev } = flags
    const door = await this.house.dependencies()
    const request = {
      from,
      keep: add,
      ...(epss === undefined ? {} : { epss }),
      ...(kev === undefined ? {} : { kev }),
    }
    const done = await door.update(request, (records) => this.io.progress(`${records} records read`))
    print(
      this,
      flags,
      { kind: 'vulndb', read: done.read, refused: done.refused, database: done.status },
      () => [...databaseTable(done.status), ...done.refused.map((why) => dim(`refused: ${why}`))],
    )
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      from: {
        kind: 'parsed',
        parse: String,
        brief: 'A folder, a file or archive of OSV records, or an https address; several may be named',
        variadic: true,
        placeholder: 'dump',
      },
      add: {
        kind: 'boolean',
        brief: 'Keep what is there; newer records replace older ones',
        default: false,
        withNegated: false,
      },
      epss: {
        kind: 'parsed',
        parse: String,
        brief: 'EPSS scores as CSV, packed or not',
        optional: true,
        placeholder: 'file',
      },
      kev: {
        kind: 'parsed',
        parse: String,
        brief: 'CISA’s catalogue of exploited vulnerabilities, JSON or CSV',
        optional: true,
        placeholder: 'file',
      },
    },
  },
  docs: {
    brief: 'Make the database of advisories from dumps of OSV',
    fullDescription:
      'Nothing is fetched unless you name an address. Until the new database is whole the old one answers.',
    customUsage: [
      {
        input: '--from PyPI/all.zip --from npm/all.zip --kev known_exploited_vulnerabilities.json',
        brief: '',
      },
      {
        input: '--from https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip',
        brief: 'over the network',
      },
    ],
  },
})

const statusCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const database = (await this.house.dependencies()).status()
    if (database === undefined)
      throw new SallyportError(
        'NOT_FOUND',
        'there is no database of advisories yet; make it: sallyport vulndb update --from DUMP',
      )
    print(this, flags, { kind: 'vulndb', database }, () => databaseTable(database))
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: { brief: 'Show what stands in the database of advisories, and how old it is' },
})

export const vulndbCommands = buildRouteMap({
  routes: { update: updateCommand, status: statusCommand },
  docs: { brief: 'The database of advisories' },
})

interface AddFlags extends CommonFlags {
  readonly subject: string
  readonly format: (typeof FORMATS)[number]
  readonly at?: string
}

const addCommand = buildCommand({
  async func(this: CliContext, flags: AddFlags, file: string) {
    const bytes = await this.house.readFile(file)
    const added = await withHome(this, async (home) => {
      const subject = await resolveSubject(home, flags.subject)
      const report = {
        file,
        bytes,
        ...(flags.format === 'auto' ? {} : { format: flags.format }),
        ...(flags.at === undefined ? {} : { at: flags.at }),
      }
      return (await home.evidence()).addReport(subject, report)
    })
    print(this, flags, { kind: 'evidence', added }, () => evidenceLines(added))
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      subject: SUBJECT_FLAG,
      format: {
        kind: 'enum',
        values: FORMATS,
        brief: 'What the file is, when its shape does not say',
        default: 'auto',
      },
      at: {
        kind: 'parsed',
        parse: String,
        brief: 'When the report was made, for formats that do not say (Snyk, OSV-Scanner)',
        optional: true,
        placeholder: 'time',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A report or bill of materials, JSON', placeholder: 'file' }],
    },
  },
  docs: {
    brief: 'Take in a report of another tool as evidence',
    fullDescription:
      'Trivy, Grype, Snyk, OSV-Scanner (JSON), SARIF of any tool, CycloneDX and SPDX. The report keeps its own time: an old one stays old. The document itself is kept by its digest.',
    customUsage: [
      { input: 'trivy.json --subject sentiment', brief: '' },
      { input: 'snyk.json --subject sentiment --at 2026-11-20T09:00:00Z', brief: 'Snyk does not say when' },
    ],
  },
})

export const evidenceCommands = buildRouteMap({
  routes: { add: addCommand },
  docs: { brief: 'Evidence that other tools bring' },
})

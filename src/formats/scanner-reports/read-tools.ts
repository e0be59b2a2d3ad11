import { listOf, numberOf, recordOf, textOf } from '../../ground/lang/index.ts'
import {
  maybe,
  type ReportedSeverity,
  type ReportedVulnerability,
  type ReportView,
  resultsOf,
  wordOf,
} from './report-view.ts'

type Json = Readonly<Record<string, unknown>>

/** Trivy's JSON, schema version 2. https://trivy.dev/latest/docs/configuration/reporting/ */
export function readTrivy(root: Json): ReportView | undefined {
  if (root.SchemaVersion !== 2 || textOf(root.ArtifactName) === undefined) return undefined
  const results = resultsOf(root.Results).flatMap((target) =>
    resultsOf(recordOf(target).Vulnerabilities).flatMap((item): readonly ReportedVulnerability[] => {
      const found = recordOf(item)
      const id = wordOf(found.VulnerabilityID)
      if (id === undefined) throw new RangeError('a vulnerability of it has no VulnerabilityID')
      const vectors = Object.values(recordOf(found.CVSS)).flatMap(
        (score) => wordOf(recordOf(score).V3Vector) ?? [],
      )
      const fixed = wordOf(found.FixedVersion)
      return [
        {
          id,
          aliases: listOf(found.VendorIDs).flatMap((one) => wordOf(one) ?? []),
          severity: [...vectors.map(vector), ...rating(found.Severity)],
          fixedIn: fixed === undefined ? [] : fixed.split(',').map((one) => one.trim()),
          ...maybe('package', found.PkgName),
          ...maybe('version', found.InstalledVersion),
          ...maybe('purl', recordOf(found.PkgIdentifier).PURL),
        },
      ]
    }),
  )
  return {
    kind: 'vulnerabilities',
    format: 'trivy',
    tool: { name: 'Trivy', uri: 'https://trivy.dev', ...maybe('version', recordOf(root.Trivy).Version) },
    results,
    ...maybe('at', root.CreatedAt),
  }
}

/** Grype's JSON. https://github.com/anchore/grype/tree/main/schema/grype */
export function readGrype(root: Json): ReportView | undefined {
  const descriptor = recordOf(root.descriptor)
  if (descriptor.name !== 'grype' || !Array.isArray(root.matches)) return undefined
  const results = resultsOf(root.matches).map((item): ReportedVulnerability => {
    const { vulnerability, artifact, relatedVulnerabilities } = recordOf(item)
    const found = recordOf(vulnerability)
    const at = recordOf(artifact)
    const id = wordOf(found.id)
    if (id === undefined) throw new RangeError('a match of it has no vulnerability.id')
    const epss = listOf(found.epss).flatMap((one) => numberOf(recordOf(one).epss) ?? [])
    const vectors = listOf(found.cvss).flatMap((one) => wordOf(recordOf(one).vector) ?? [])
    return {
      id,
      aliases: listOf(relatedVulnerabilities)
        .flatMap((one) => wordOf(recordOf(one).id) ?? [])
        .filter((one) => one !== id),
      severity: [...vectors.map(vector), ...rating(found.severity)],
      fixedIn: listOf(recordOf(found.fix).versions).flatMap((one) => wordOf(one) ?? []),
      ...maybe('package', at.name),
      ...maybe('version', at.version),
      ...maybe('purl', at.purl),
      ...(Array.isArray(found.knownExploited) ? { kev: found.knownExploited.length > 0 } : {}),
      ...(epss.length === 0 ? {} : { epss: Math.max(...epss) }),
    }
  })
  const ignored = listOf(root.ignoredMatches).length
  return {
    kind: 'vulnerabilities',
    format: 'grype',
    tool: {
      name: 'Grype',
      uri: 'https://github.com/anchore/grype',
      ...maybe('version', descriptor.version),
      ...databaseOf(recordOf(descriptor.db)),
    },
    results,
    ...maybe('at', descriptor.timestamp),
    ...(ignored === 0 ? {} : { leftOut: `${ignored} matches were ignored by rules of Grype` }),
  }
}

function databaseOf(db: Json) {
  // Since schema 6 the state of the database stands one level deeper.
  const status = recordOf(db.status)
  const built = {
    ...maybe('lastUpdate', db.built ?? status.built),
    ...maybe('version', db.schemaVersion ?? status.schemaVersion),
  }
  return Object.keys(built).length === 0 ? {} : { database: built }
}

/** Snyk's JSON of `snyk test --json`, one project. https://docs.snyk.io/developer-tools/snyk-cli */
export function readSnyk(root: Json): ReportView | undefined {
  if (
    !Array.isArray(root.vulnerabilities) ||
    typeof root.ok !== 'boolean' ||
    typeof root.packageManager !== 'string'
  )
    return undefined
  const results = resultsOf(root.vulnerabilities).map((item): ReportedVulnerability => {
    const found = recordOf(item)
    const id = wordOf(found.id)
    if (id === undefined) throw new RangeError('a vulnerability of it has no id')
    const names = Object.values(recordOf(found.identifiers)).flatMap(listOf)
    const epss = Number(recordOf(found.epssDetails).probability)
    return {
      id,
      aliases: names.flatMap((one) => wordOf(one) ?? []).filter((one) => /^(?:CVE|GHSA)-/.test(one)),
      severity: [
        ...(wordOf(found.CVSSv3) === undefined ? [] : [vector(String(found.CVSSv3))]),
        ...rating(found.severity),
      ],
      fixedIn: listOf(found.fixedIn).flatMap((one) => wordOf(one) ?? []),
      ...maybe('package', found.packageName ?? found.moduleName),
      ...maybe('version', found.version),
      ...(epss >= 0 && epss <= 1 && found.epssDetails !== undefined && found.epssDetails !== null
        ? { epss }
        : {}),
    }
  })
  // A package that several others draw in stands there once a way.
  const distinct = new Map(results.map((one) => [`${one.id} ${one.package} ${one.version}`, one]))
  const ignored = listOf(recordOf(root.filtered).ignore).length
  return {
    kind: 'vulnerabilities',
    format: 'snyk',
    tool: { name: 'Snyk', uri: 'https://snyk.io' },
    results: [...distinct.values()],
    ...(ignored === 0 ? {} : { leftOut: `${ignored} vulnerabilities were ignored by Snyk's policy` }),
  }
}

/** OSV-Scanner's JSON. https://google.github.io/osv-scanner/output/ */
export function readOsvScanner(root: Json): ReportView | undefined {
  const sources = root.results
  if (!Array.isArray(sources) || (sources.length > 0 && recordOf(sources[0]).packages === undefined))
    return undefined
  if (sources.length === 0 && root.experimental_config === undefined) return undefined
  const results = resultsOf(sources).flatMap((source) =>
    resultsOf(recordOf(source).packages).flatMap((item) => groupsOf(recordOf(item))),
  )
  return {
    kind: 'vulnerabilities',
    format: 'osv-scanner',
    tool: { name: 'OSV-Scanner', uri: 'https://google.github.io/osv-scanner/' },
    results,
  }
}

function groupsOf(item: Json): readonly ReportedVulnerability[] {
  const at = recordOf(item.package)
  const records = listOf(item.vulnerabilities).map(recordOf)
  const groups = listOf(item.groups).map((group) =>
    listOf(recordOf(group).ids).flatMap((id) => wordOf(id) ?? []),
  )
  const grouped =
    groups.length > 0 ? groups : records.flatMap(({ id }) => (wordOf(id) === undefined ? [] : [[String(id)]]))
  return grouped.flatMap((ids) => {
    const own = records.filter(({ id }) => ids.includes(String(id)))
    const names = [
      ...new Set([
        ...ids,
        ...own.flatMap(({ aliases }) => listOf(aliases).flatMap((one) => wordOf(one) ?? [])),
      ]),
    ]
    const id = names.find((name) => name.startsWith('CVE-')) ?? names[0]
    if (id === undefined) return []
    const scores = own.flatMap(({ severity }) => listOf(severity).map(recordOf))
    return {
      id,
      aliases: names.filter((name) => name !== id),
      severity: [
        ...scores.flatMap(({ score }) => (wordOf(score) === undefined ? [] : [vector(String(score))])),
        ...own.flatMap(({ database_specific }) => rating(recordOf(database_specific).severity)),
      ],
      fixedIn: [],
      ...maybe('package', at.name),
      ...maybe('version', at.version),
    }
  })
}

function vector(text: string): ReportedSeverity {
  const major = /^CVSS:(\d)/.exec(text)?.[1]
  return { type: major === undefined ? 'CVSS_V2' : `CVSS_V${major}`, score: text }
}

function rating(word: unknown): readonly ReportedSeverity[] {
  const text = wordOf(word)
  return text === undefined ? [] : [{ type: 'rating', score: text }]
}

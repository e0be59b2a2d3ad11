import { readList } from '../../src/assessors/dependency/index.ts'
import { readEpss, readKev, readOsv } from '../../src/formats/osv/index.ts'
import { readReport } from '../../src/formats/scanner-reports/index.ts'
import { readToml } from '../../src/formats/toml/index.ts'
import { readOpenVex } from '../../src/formats/vex/index.ts'
import { parsePurl } from '../../src/ground/domain/index.ts'

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const seeds = (...texts: readonly string[]) =>
  texts.map((text) => new Uint8Array(Buffer.from(text, 'latin1')))

const json = (use: (value: unknown) => unknown) => async (bytes: Uint8Array) => {
  let value: unknown
  try {
    value = JSON.parse(latin1(bytes))
  } catch {
    return
  }
  use(value)
}

const list = (path: string, ...texts: readonly string[]) => ({
  name: `list ${path}`,
  seeds: seeds(...texts),
  run: (bytes: Uint8Array) => readList(path, latin1(bytes)),
})

/** Parsers of package lists, advisories and reports: small seeds in the form of each. */
export const DEPENDENCY_TARGETS = [
  list(
    'requirements.txt',
    `torch==2.1 --hash=sha256:${'a'.repeat(64)}\n-e git+https://a.example/x@main#egg=x\n-r b.txt\n--extra-index-url https://b.example\nx @ https://c.example/x.whl ; python_version < "3"\n`,
  ),
  list(
    'poetry.lock',
    '[[package]]\nname = "a"\nversion = "1"\nfiles = [{file = "a", hash = "sha256:00"}]\n[package.dependencies]\nb = "1"\n',
  ),
  list(
    'yarn.lock',
    '"@s/a@^1":\n  version "1.0.0"\n  resolved "https://r.example/a/-/a.tgz#00"\n  dependencies:\n    b "1"\n',
  ),
  list(
    'package-lock.json',
    '{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1"}},"node_modules/a":{"version":"1.0.0","integrity":"sha512-AAAA"}}}',
  ),
  list(
    'pnpm-lock.yaml',
    "lockfileVersion: '9.0'\npackages:\n  a@1.0.0:\n    resolution: {integrity: sha512-AAAA}\n",
  ),
  list('environment.yml', 'channels: [c]\ndependencies:\n  - a=1=b\n  - pip:\n    - x==1\n'),
  list(
    'var/lib/dpkg/status',
    'Package: a\nStatus: install ok installed\nVersion: 1:2-3\nSource: b (1)\nDepends: c, d | e\n',
  ),
  list('lib/apk/db/installed', 'C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:a\nV:1-r0\n'),
  list(
    'bom.cdx.json',
    '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a","purl":"pkg:deb/debian/a@1?distro=debian-12","hashes":[{"alg":"SHA-256","content":"00"}]}],"dependencies":[{"ref":"a","dependsOn":["b"]}]}',
  ),
  list(
    'x.spdx.json',
    '{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-a","name":"a","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:npm/%40s/a@1"}]}],"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relatedSpdxElement":"SPDXRef-a","relationshipType":"DESCRIBES"}]}',
  ),
  {
    name: 'osv record',
    seeds: seeds(
      '{"id":"A-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"PyPI","name":"a"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1"}]}],"versions":["1"]}],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}]}',
    ),
    run: json(readOsv),
  },
  {
    name: 'epss and kev',
    seeds: seeds(
      '#model_version:v1,score_date:2026-01-01\ncve,epss,percentile\nCVE-2026-1234,0.5,0.9\n',
      '{"vulnerabilities":[{"cveID":"CVE-2026-1234"}]}',
    ),
    run: async (bytes: Uint8Array) => {
      readEpss(latin1(bytes))
      readKev(latin1(bytes))
    },
  },
  {
    name: 'openvex',
    seeds: seeds(
      '{"@context":"https://openvex.dev/ns/v0.2.0","author":"a","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/a@1","subcomponents":[{"@id":"pkg:npm/b"}]}],"status":"fixed"}]}',
    ),
    run: json(readOpenVex),
  },
  {
    name: 'scanner report',
    seeds: seeds(
      '{"SchemaVersion":2,"ArtifactName":"a","CreatedAt":"2026-01-01T00:00:00Z","Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-2026-1","PkgName":"a","Severity":"HIGH","CVSS":{"nvd":{"V3Vector":"x"}}}]}]}',
      '{"descriptor":{"name":"grype","timestamp":"t"},"matches":[{"vulnerability":{"id":"CVE-1","epss":[{"epss":0.1}],"fix":{"versions":["1"]}},"artifact":{"name":"a"}}]}',
      '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[{"id":"r"}]}},"results":[{"ruleId":"r","level":"error","ruleIndex":0}]}]}',
      '{"ok":false,"packageManager":"pip","vulnerabilities":[{"id":"SNYK-1","identifiers":{"CVE":["CVE-1"]},"severity":"low"}]}',
      '{"results":[{"packages":[{"package":{"name":"a"},"vulnerabilities":[{"id":"A"}],"groups":[{"ids":["A"]}]}]}]}',
    ),
    run: json((value) => readReport(value)),
  },
  {
    name: 'toml',
    seeds: seeds('a = 1\n[b]\nc = [{d = "e"}, 1979-05-27]\n'),
    run: async (bytes: Uint8Array) => readToml(latin1(bytes)),
  },
  {
    name: 'purl',
    seeds: seeds('pkg:npm/%40s/a@1.0?b=c#d/e'),
    run: async (bytes: Uint8Array) => parsePurl(latin1(bytes)),
  },
]

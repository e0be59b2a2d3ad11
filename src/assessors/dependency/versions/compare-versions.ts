import { compare as comparePep440, parse as parsePep440 } from '@renovatebot/pep440'
import semver from 'semver'
import { compareApk } from './compare-apk.ts'
import { compareDeb } from './compare-deb.ts'
import { compareRpm } from './compare-rpm.ts'

/** How an ecosystem orders its versions. */
export type VersionScheme = 'pep440' | 'semver' | 'deb' | 'apk' | 'rpm'

/** Characters. Longer ones are no versions, and the expressions below need not read them. */
const MAX_VERSION = 256

/**
 * Negative when `a` is older, positive when newer, 0 when they are one version; undefined when one of them is no version
 * of the scheme, so that nobody takes a guess for an answer.
 */
export function compareVersions(scheme: VersionScheme, a: string, b: string): number | undefined {
  if (a.length > MAX_VERSION || b.length > MAX_VERSION) return undefined
  if (scheme === 'deb') return compareDeb(a, b)
  if (scheme === 'apk') return compareApk(a, b)
  if (scheme === 'rpm') return compareRpm(a, b)
  if (scheme === 'semver') return compareSemver(a, b)
  return parsePep440(a) === null || parsePep440(b) === null ? undefined : Math.sign(comparePep440(a, b))
}

function compareSemver(a: string, b: string): number | undefined {
  const left = semver.parse(fill(a))
  const right = semver.parse(fill(b))
  return left === null || right === null ? undefined : semver.compare(left, right)
}

/** `v1.2` is 1.2.0: advisories and Go write both. */
function fill(text: string): string {
  const [, numbers = '', rest = ''] = /^v?(\d+(?:\.\d+){0,2})((?:[-+].*)?)$/.exec(text.trim()) ?? []
  if (numbers === '') return text
  const parts = numbers.split('.')
  return `${[...parts, '0', '0'].slice(0, 3).join('.')}${rest}`
}

/** The order of each ecosystem, by the part of its OSV name before the colon. https://ossf.github.io/osv-schema/#affectedpackage-field */
const SCHEMES: Readonly<Record<string, VersionScheme>> = {
  PyPI: 'pep440',
  npm: 'semver',
  'crates.io': 'semver',
  Go: 'semver',
  Hex: 'semver',
  Pub: 'semver',
  SwiftURL: 'semver',
  Debian: 'deb',
  Ubuntu: 'deb',
  Alpine: 'apk',
  Wolfi: 'apk',
  Chainguard: 'apk',
  'Red Hat': 'rpm',
  AlmaLinux: 'rpm',
  'Rocky Linux': 'rpm',
  SUSE: 'rpm',
  openSUSE: 'rpm',
  openEuler: 'rpm',
  Mageia: 'rpm',
  'Photon OS': 'rpm',
}

/** The order of an ecosystem's versions; undefined where this house knows none. */
export function schemeOf(ecosystem: string): VersionScheme | undefined {
  return SCHEMES[ecosystem.split(':', 1)[0] ?? '']
}

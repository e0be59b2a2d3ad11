/** One change in the life of a fault. https://ossf.github.io/osv-schema/ */
export interface OsvEvent {
  readonly kind: 'introduced' | 'fixed' | 'last_affected' | 'limit'
  readonly version: string
}

/** Versions between events; GIT ranges are left out, for no lock file names commits of upstream. */
export interface OsvRange {
  readonly type: 'SEMVER' | 'ECOSYSTEM'
  readonly events: readonly OsvEvent[]
}

/** What one record says of one package. */
export interface OsvAffected {
  /** As OSV writes it: `PyPI`, `npm`, `Debian:12`, `Alpine:v3.19`. */
  readonly ecosystem: string
  readonly name: string
  readonly ranges: readonly OsvRange[]
  readonly versions: readonly string[]
  /** Only ranges of commits are given: versions cannot be compared with it. */
  readonly onlyGit?: boolean
}

/** A way in which a record, or a scanner, rates a fault. */
export interface SeverityScore {
  /** `CVSS_V2`, `CVSS_V3`, `CVSS_V4`, `Ubuntu`, or `rating` for a word. */
  readonly type: string
  readonly score: string
}

/** A vulnerability or a malicious package as OSV describes it, reduced to what is asked of it here. */
export interface OsvRecord {
  readonly id: string
  readonly aliases: readonly string[]
  /** Other distributions' names for the same fault; not the same record. */
  readonly upstream: readonly string[]
  readonly summary: string
  readonly modified: string
  readonly published?: string
  readonly withdrawn?: string
  readonly affected: readonly OsvAffected[]
  readonly severity: readonly SeverityScore[]
  readonly cwes: readonly string[]
  /** The first advisory or article that it refers to. */
  readonly url?: string
  /** Probability of exploitation within 30 days, 0 to 1, when the dump says so. https://www.first.org/epss/ */
  readonly epss?: number
  /** Known to be exploited, when the dump says so. https://www.cisa.gov/known-exploited-vulnerabilities-catalog */
  readonly kev?: boolean
}

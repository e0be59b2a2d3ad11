import type { Severity, Verdict } from '../../ground/domain/index.ts'

/** What a rule about dependencies says of each of its cases. */
export interface DependencyRule {
  readonly id: string
  readonly severity: Severity
  readonly verdict: Verdict
  readonly title: string
  readonly why: string
  readonly remedy: string
  readonly source: string
  readonly taxonomy: readonly string[]
}

const SUPPLY_CHAIN = 'AML.T0010.001'

/** Every rule of this assessor. `note` findings have the verdict clean: they are shown and change nothing. */
export const DEPENDENCY_RULES = {
  malicious: {
    id: 'dependency/known-malicious',
    severity: 'critical',
    verdict: 'malicious',
    title: 'This package is an attack',
    why: 'The database of advisories lists the package as malware: installing it runs its code.',
    remedy: 'Remove it, and treat every machine that installed it as broken into: rotate its secrets.',
    source: 'https://github.com/ossf/malicious-packages',
    taxonomy: ['CWE-506', SUPPLY_CHAIN],
  },
  vulnerable: {
    id: 'dependency/vulnerable',
    severity: 'high',
    verdict: 'suspicious',
    title: 'This version has a known vulnerability',
    why: 'What processes models, data or requests with it can be attacked through it.',
    remedy: 'Install a version that is mended; where it cannot be reached, say so in an OpenVEX document.',
    source: 'https://ossf.github.io/osv-schema/',
    taxonomy: ['CWE-1395', SUPPLY_CHAIN],
  },
  lookalike: {
    id: 'dependency/lookalike-name',
    severity: 'high',
    verdict: 'suspicious',
    title: 'The name could be taken for a better known one',
    why: 'Packages with names like those of popular ones are uploaded to be installed by mistake.',
    remedy: 'See who publishes it. If it is the one that is meant, say so: --known NAME.',
    source: 'https://www.usenix.org/conference/usenixsecurity23/presentation/neupane',
    taxonomy: ['CWE-1357', SUPPLY_CHAIN],
  },
  confused: {
    id: 'dependency/confused-name',
    severity: 'high',
    verdict: 'suspicious',
    title: 'The name is not that of the package that is meant',
    why: 'Names of modules, and names that language models invent, belong to whoever registers them first.',
    remedy: 'Install the package that is meant.',
    source: 'https://arxiv.org/abs/2406.10279',
    taxonomy: ['CWE-1357', SUPPLY_CHAIN],
  },
  unpinned: {
    id: 'dependency/unpinned',
    severity: 'low',
    verdict: 'suspicious',
    title: 'Nothing says which version will be installed',
    why: 'Tomorrow another version is installed than the one that was looked at, and nobody is told.',
    remedy:
      'Pin every package, those that others draw in too: pip-compile --generate-hashes, uv lock, npm ci.',
    source: 'https://slsa.dev/spec/v1.1/threats',
    taxonomy: ['CWE-1104', 'CWE-494', SUPPLY_CHAIN],
  },
  unhashed: {
    id: 'dependency/no-hash',
    severity: 'low',
    verdict: 'clean',
    title: 'Packages are installed without a hash',
    why: 'Whoever controls the registry, or the way to it, can hand out other bytes under the same version.',
    remedy: 'Let the installer check hashes: pip-compile --generate-hashes and pip install --require-hashes.',
    source: 'https://pip.pypa.io/en/stable/topics/secure-installs/',
    taxonomy: ['CWE-494', SUPPLY_CHAIN],
  },
  extraIndex: {
    id: 'dependency/extra-index',
    severity: 'high',
    verdict: 'suspicious',
    title: 'A second index is asked for the same names',
    why: 'pip takes the highest version of either index: a stranger who uploads a private name to the public one is installed.',
    remedy: 'Name one index that holds everything, or give the private packages hashes.',
    source: 'https://medium.com/@alex.birsan/dependency-confusion-4a5d60fec610',
    taxonomy: ['CWE-427', 'CWE-1357', SUPPLY_CHAIN],
  },
  unsafeIndex: {
    id: 'dependency/unsafe-index',
    severity: 'high',
    verdict: 'suspicious',
    title: 'Packages come over a way that nobody checks',
    why: 'Without TLS, or with certificates that are not checked, anybody on the way can replace what is installed.',
    remedy: 'Use https, and drop --trusted-host.',
    source: 'https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host',
    taxonomy: ['CWE-295', 'CWE-319', SUPPLY_CHAIN],
  },
  loose: {
    id: 'dependency/loose-origin',
    severity: 'medium',
    verdict: 'suspicious',
    title: 'The package comes from an address whose contents may change',
    why: 'A branch, a tag or a file without a hash is whatever its owner makes of it.',
    remedy: 'Pin a repository to a commit, and a file to a hash.',
    source: 'https://pip.pypa.io/en/stable/topics/vcs-support/',
    taxonomy: ['CWE-494', 'CWE-1357', SUPPLY_CHAIN],
  },
  editable: {
    id: 'dependency/editable',
    severity: 'low',
    verdict: 'clean',
    title: 'The package is a folder that stays open to change',
    why: 'An editable installation runs what stands in the folder at that moment.',
    remedy: 'Build and pin it before it goes anywhere near production.',
    source: 'https://pip.pypa.io/en/stable/topics/local-project-installs/',
    taxonomy: ['CWE-1357'],
  },
  installScript: {
    id: 'dependency/install-script',
    severity: 'medium',
    verdict: 'suspicious',
    title: 'Installing runs a script that reaches out',
    why: 'Scripts of installation run before anybody has looked, with the rights of whoever installs.',
    remedy: 'Read the script; install with --ignore-scripts where it is not needed.',
    source: 'https://docs.npmjs.com/cli/using-npm/scripts',
    taxonomy: ['CWE-506', 'CWE-829', SUPPLY_CHAIN],
  },
  installHook: {
    id: 'dependency/install-hook',
    severity: 'info',
    verdict: 'clean',
    title: 'Installing runs code of the package',
    why: 'setup.py and scripts of installation run with the rights of whoever installs.',
    remedy: 'Prefer wheels (pip install --only-binary :all:) and npm ci --ignore-scripts.',
    source: 'https://pip.pypa.io/en/stable/reference/build-system/',
    taxonomy: ['CWE-829', SUPPLY_CHAIN],
  },
} as const satisfies Readonly<Record<string, DependencyRule>>

export type RuleName = keyof typeof DEPENDENCY_RULES

import type { Assessment, Finding, Problem } from '../../api/contract.ts'

/** What the page of parts shows; none of it comes from a real model. */
export const EXAMPLE_FINDING: Finding = {
  ruleId: 'pickle/os-command',
  severity: 'critical',
  verdict: 'malicious',
  title: 'Loading this file starts a program',
  message: 'imports posix.system and calls it with one constant argument',
  location: { path: 'weights.pt', members: ['archive/data.pkl'], offset: 42 },
  call: "posix.system('id > /tmp/pwned')",
  context: [
    '   11: c    GLOBAL     posix system',
    '   25: X    BINUNICODE id > /tmp/pwned',
    '   42: R    REDUCE',
  ],
  remedy: 'Do not load it. Ask the author for safetensors, or for the code that wrote it.',
  taxonomy: ['CWE-502', 'AML.T0011.000'],
  fingerprint: '0123456789abcdef',
}

export const EXAMPLE_COUNTS = {
  quarantined: 3,
  assessed: 5,
  approved: 2,
  staging: 4,
  production: 9,
  revoked: 1,
}

export const EXAMPLE_COVERAGE: Assessment['files'][number]['coverage'] = [
  { path: 'a', format: 'safetensors', sizeBytes: 4_000_000, readBytes: 92_000, status: 'full' },
  {
    path: 'b',
    format: 'pickle',
    sizeBytes: 90_000,
    readBytes: 61_000,
    status: 'partial',
    reason: 'broken stream',
  },
  { path: 'c', format: 'unknown', sizeBytes: 7000, readBytes: 0, status: 'none', reason: 'format unknown' },
]

export const EXAMPLE_PROBLEM: Problem = {
  type: 'about:blank',
  title: 'The platform cannot be reached',
  status: 503,
  detail: 'Is `sallyport up` running? Nothing was changed.',
  instance: 'urn:uuid:019a0000-0000-7000-8000-000000000000',
  code: 'UNREACHABLE',
}

import { openVulnDbFolder } from '../../src/adapters/vulndb-sqlite/index.ts'

// Writes a database that is never finished; the parent kills it.
const writer = openVulnDbFolder(process.argv[2] ?? '').begin(false)
for (let i = 0; ; i++) {
  writer.add({
    id: `K-${i}`,
    modified: '2026-01-01T00:00:00Z',
    aliases: [],
    upstream: [],
    summary: 'x'.repeat(500),
    affected: [{ ecosystem: 'PyPI', name: `k${i}`, ranges: [], versions: ['1'] }],
    severity: [],
    cwes: [],
  })
  if (i === 20_000) process.stdout.write('writing\n')
}

import { buildCommand } from '@stricli/core'
import type { FileAssessment } from '../../../ground/domain/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { EXIT_OF_VERDICT } from '../exit-code.ts'
import { bold, dim, safe, showBytes, showCount, showVerdict } from '../format-text.ts'
import { progressLine } from '../progress-line.ts'
import { findingLines } from '../show-assessment.ts'

/** Clean files named one by one; more are only counted. */
const MAX_CLEAN_NAMED = 20

export const scanCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, path: string) {
    const report = await this.house.scan(path, { onProgress: progressLine(this.io, 'Scanning') })
    print(this, flags, { ...report }, () => [
      ...report.files.flatMap((file) => fileLines(file)),
      ...cleanLines(report.files),
      '',
      `${bold('Verdict')}  ${showVerdict(report.verdict)}  ${dim(`${showCount(report.files.length, 'file')}, ${showBytes(sizeOf(report.files))}, ${showBytes(readOf(report.files))} read`)}`,
    ])
    this.process.exitCode = EXIT_OF_VERDICT[report.verdict]
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'A model file or folder', placeholder: 'path' }],
    },
  },
  docs: {
    brief: 'Look for what loading a model would do, without loading it',
    fullDescription:
      'Reads model files without executing them. Exit code: 0 clean, 1 malicious, 2 undecided, 3 usage, 4 suspicious.',
    customUsage: [
      { input: 'model.pt', brief: 'one file' },
      { input: 'models/ --json', brief: 'a folder, for a program' },
    ],
  },
})

function fileLines(file: FileAssessment): readonly string[] {
  if (file.verdict === 'clean') return []
  const gaps = file.coverage.filter(({ status }) => status !== 'full')
  return [
    `${showVerdict(file.verdict)}  ${bold(safe(file.path))}  ${dim(`${showBytes(file.sizeBytes)}, ${file.coverage[0]?.format ?? 'unknown'}`)}`,
    ...findingLines(file.findings),
    ...gaps
      .slice(0, 3)
      .map(
        (gap) =>
          `    ${dim('not checked:')} ${safe([gap.path, ...(gap.members ?? [])].join(' › '))}: ${safe(gap.reason ?? gap.status)}`,
      ),
  ]
}

function cleanLines(files: readonly FileAssessment[]): readonly string[] {
  const clean = files.filter(({ verdict }) => verdict === 'clean')
  const named = clean
    .slice(0, MAX_CLEAN_NAMED)
    .map(
      (file) =>
        `${showVerdict('clean')}  ${safe(file.path)}  ${dim(`${showBytes(file.sizeBytes)}, ${file.coverage[0]?.format ?? ''}`)}`,
    )
  return clean.length > named.length
    ? [...named, dim(`  and ${showCount(clean.length - named.length, 'more clean file')}`)]
    : named
}

function sizeOf(files: readonly FileAssessment[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0)
}

function readOf(files: readonly FileAssessment[]): number {
  return files.reduce((sum, file) => sum + (file.coverage[0]?.readBytes ?? 0), 0)
}

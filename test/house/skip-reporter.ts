import type { Reporter, TestModule } from 'vitest/node'

/**
 * Fails a run in which a test was skipped. `.ci/run` provides every program that a test may want, so that a skip there
 * means a check that did not happen.
 */
// biome-ignore lint/style/noDefaultExport: Vitest reads a reporter's default export.
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')]
        .filter((test) => !isForWantOfShared(test.result()))
        .map((test) => `${module.relativeModuleId}: ${test.fullName}`),
    )
    if (skipped.length === 0) return
    process.stderr.write(`\n${skipped.length} skipped, and nothing may be here:\n${skipped.join('\n')}\n`)
    process.exitCode = 1
  }
}

/** Data and sources of others that lie beside some checkouts only; nothing installs them. */
function isForWantOfShared(result: { readonly state: string; readonly note?: string | undefined }): boolean {
  const { note = '' } = result
  return note.includes('../shared') || note.startsWith("another project's source")
}

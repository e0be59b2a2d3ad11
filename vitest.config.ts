import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Floors without adapters: their tests share a process, so that each module is set up once and not once a file. */
const PURE = ['ground', 'formats', 'assessors', 'trust', 'services'].map(
  (floor) => `src/${floor}/**/*.test.ts`,
)
const EXCLUDED = ['**/node_modules/**', '**/dist/**']
/** Processes and threads that tests start compile the sources once for all of them. */
const COMPILED = fileURLToPath(new URL('./node_modules/.cache/sallyport-compiled', import.meta.url))

export default defineConfig({
  test: {
    // A test that opens files, keys and child processes needs more than the five seconds of a pure one.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One less than there are processors would be one on a laptop of two; much of the time is spent waiting for children.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Never the colours or the home of whoever runs the tests.
    env: {
      NO_COLOR: '1',
      SALLYPORT_HOME: '/nonexistent/sallyport-tests-set-their-own',
      NODE_COMPILE_CACHE: COMPILED,
    },
    reporters:
      process.env.SALLYPORT_REQUIRE !== '1' ? ['default'] : ['default', './test/house/skip-reporter.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, exclude: EXCLUDED, isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: [
            'src/**/*.test.ts',
            'test/**/*.test.ts',
            'bench/**/*.test.ts',
            'web/src/**/*.test.{ts,tsx}',
          ],
          exclude: [...EXCLUDED, ...PURE],
        },
      },
    ],
  },
})

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts', 'web/src/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // A test that opens files, keys and child processes needs more than the five seconds of a pure one.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Never the colours or the home of whoever runs the tests.
    env: { NO_COLOR: '1', SALLYPORT_HOME: '/nonexistent/sallyport-tests-set-their-own' },
    reporters:
      process.env.SALLYPORT_REQUIRE !== '1' ? ['default'] : ['default', './test/house/skip-reporter.ts'],
  },
})

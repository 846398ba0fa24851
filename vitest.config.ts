import { defineConfig } from 'vitest/config';

/** Where tests need a service or a database. */
const SERVICE_TESTS = [
  'test/{service,runner,cli,faults}/**/*.test.ts',
  'test/extension/with-service/**/*.test.ts',
];
const BROWSER_TESTS = ['test/e2e/**/*.test.ts'];
const FIREFOX_TESTS = ['test/e2e-firefox/**/*.test.ts'];
/** Opt-in (npm run test:agents): they install the coding agents themselves. */
const AGENT_TESTS = ['test/agents/**/*.test.ts'];
const GLOBAL_DATABASE = 'test/support/global-database.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    retry: 0,
    // a test that is committed with `.only` would turn the others off
    allowOnly: false,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...SERVICE_TESTS, ...BROWSER_TESTS, ...FIREFOX_TESTS, ...AGENT_TESTS],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'service',
          include: SERVICE_TESTS,
          globalSetup: GLOBAL_DATABASE,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: BROWSER_TESTS,
          globalSetup: GLOBAL_DATABASE,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'firefox',
          include: FIREFOX_TESTS,
          globalSetup: [GLOBAL_DATABASE, 'test/support/global-firefox.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'agents',
          include: AGENT_TESTS,
          globalSetup: GLOBAL_DATABASE,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

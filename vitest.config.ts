import { existsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** Where tests need a service or a database. */
const SERVICE_TESTS = [
  'test/{service,runner,cli,faults,examples}/**/*.test.ts',
  'test/{protocol,extension}/with-service/**/*.test.ts',
];
const BROWSER_TESTS = ['test/e2e/**/*.test.ts'];
const FIREFOX_TESTS = ['test/e2e-firefox/**/*.test.ts'];
/** Opt-in (npm run test:agents): they install the coding agents themselves. */
const AGENT_TESTS = ['test/agents/**/*.test.ts'];
const GLOBAL_DATABASE = 'test/support/global-database.ts';
/**
 * Test files that need what only POSIX systems have, and what that is. They don't run on Windows, where the product
 * does without: it ends commands and the database by other means, and has no file modes.
 */
const POSIX_ONLY = {
  'test/cli/setup.test.ts': 'file modes, a terminal by script(1)',
  'test/cli/with-service/ask.test.ts': 'SIGINT to another process',
  'test/cli/with-service/hook.test.ts': 'SIGTERM to another process',
  'test/examples/shell.test.ts': 'sh',
  'test/faults/kill.test.ts': 'SIGTERM to another process',
  'test/runner/process.test.ts': 'sh, process groups, signals, ps',
  'test/runner/with-service/as-alone.test.ts': 'bash, signals, /dev/stderr',
  'test/runner/with-service/asleep.test.ts': 'sh, SIGSTOP, process groups',
  'test/runner/with-service/controls.test.ts': 'SIGSTOP, ps',
  'test/runner/with-service/emit.test.ts': 'sh',
  'test/runner/with-service/run.test.ts': 'sh, signals, ps',
  'test/runner/with-service/spool.test.ts': 'sh',
  'test/runner/with-service/terminal.test.ts': 'a terminal by script(1), ps',
  'test/runner/with-service/up.test.ts': 'sh, signals, process groups, ps',
  'test/runner/with-service/wrapped-output.test.ts': 'sh',
  'test/service/access/owner-token.test.ts': 'file modes',
  'test/service/database/binaries.test.ts': 'file modes, symbolic links',
  'test/service/database/connect.test.ts': 'the socket of PostgreSQL',
  'test/service/database/embedded-takeover.test.ts': 'sh, signals, ps',
  'test/service/database/embedded.test.ts': 'file modes, signals, the socket of PostgreSQL',
  'test/service/http/systemd-unit.test.ts': 'SIGTERM to another process',
  'test/service/http/serve.test.ts': 'SIGTERM to another process, file modes',
};
const moved = Object.keys(POSIX_ONLY).filter((file) => !existsSync(file));
if (moved.length > 0) throw new Error(`POSIX_ONLY names no test: ${moved.join(', ')}`);

export default defineConfig({
  test: {
    pool: 'forks',
    retry: 0,
    // a test that is committed with `.only` would turn the others off
    allowOnly: false,
    maxWorkers: 2,
    exclude: [
      ...configDefaults.exclude,
      ...(process.platform === 'win32' ? Object.keys(POSIX_ONLY) : []),
    ],
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

import { defineConfig } from 'vitest/config'

const NEVER = ['**/node_modules/**', '**/dist/**']
/** Tests that need a server or a program, by their names. */
const WITH_SERVERS = ['**/*.pg.test.ts', '**/*.redis.test.ts', '**/*.git.test.ts', '**/*.nginx.test.ts']
const GLOBAL_SETUP = './core/src/testkit/global-setup.ts'

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', './core/src/testkit/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...NEVER, ...WITH_SERVERS, '**/*.fuzz.test.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: WITH_SERVERS,
          exclude: NEVER,
          globalSetup: GLOBAL_SETUP,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/src/**/*.e2e.ts'],
          exclude: NEVER,
          globalSetup: GLOBAL_SETUP,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['**/*.fuzz.test.ts'],
          exclude: NEVER,
          globalSetup: GLOBAL_SETUP,
          testTimeout: 600_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Needs the vendor's OpenAPI document, which is not part of the project: `.ci/run` names it where it has it.
    exclude:
      process.env.HIVEKEEPER_OPENAPI === undefined ? ['test/contract/**', 'node_modules/**'] : ['node_modules/**'],
    pool: 'forks',
    // Scenarios mostly wait, for brokers and for heartbeats that do not come: three side by side keep two cores busy.
    poolOptions: { forks: { maxForks: 3, minForks: 1 } },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/property-seed.ts'],
  },
});

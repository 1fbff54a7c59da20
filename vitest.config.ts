import { defineConfig } from 'vitest/config';

/**
 * Unit, property, vector and conformance tests run side by side in forked processes. Tests that start an X server, encoders
 * or a browser live in the `system` project and run one file after the other: two cores carry one desktop at a time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'core',
          include: ['test/{unit,property,vectors,conformance}/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/{integration,browser}/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});

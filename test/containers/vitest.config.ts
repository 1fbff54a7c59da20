import { defineConfig } from 'vitest/config';

/** Images, containers and a pod, with podman: one file after the other, since they share images and two cores. */
export default defineConfig({
  test: {
    name: 'containers',
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/containers/**/*.test.ts'],
    globalSetup: ['test/containers/build-images.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

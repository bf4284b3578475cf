import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'units',
          include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'bench/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real servers, browsers and kills: one file after the other, when the machine has nothing else to do.
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          fileParallelism: false,
          // A browser or server that a busy machine starves is asked again; what is wrong stays wrong.
          retry: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

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
        // Real servers and browsers: one file after the other, when the machine has nothing else to do.
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: ['test/durability/**'],
          fileParallelism: false,
          // A browser or server that a busy machine starves is asked again; what is wrong stays wrong.
          retry: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Kills, full disks and races. What is lost once is lost: no test is asked again.
        test: {
          name: 'durability',
          include: ['test/durability/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})

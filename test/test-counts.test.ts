import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const repository = fileURLToPath(new URL('..', import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wopikit-counts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Last line and exit code of the sum over a report with these files. */
function summary(files: Readonly<Record<string, readonly string[]>>, ...failedSteps: string[]) {
  const report = join(folder, 'report.json')
  const testResults = Object.entries(files).map(([name, statuses]) => ({
    name: join(repository, name),
    status: statuses.length > 0 && !statuses.includes('failed') ? 'passed' : 'failed',
    assertionResults: statuses.map((status, index) => ({ fullName: `test ${index} of ${name}`, status })),
  }))
  writeFileSync(report, JSON.stringify({ testResults }))
  return counts(report, ...failedSteps)
}

function counts(...args: string[]) {
  const script = join(repository, 'scripts/test-counts.mjs')
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], {
    cwd: repository,
    encoding: 'utf8',
  })
  return { status, text: stdout, last: stdout.trimEnd().split('\n').at(-1) }
}

it('counts tests, by part, and names what was skipped', () => {
  const { status, text, last } = summary({
    'src/protocol/a.test.ts': ['passed', 'passed'],
    'src/protocol/b.test.ts': ['passed', 'skipped'],
    'test/c.test.ts': ['passed'],
  })
  expect({ status, last }).toEqual({ status: 0, last: '4 passed, 0 failed' })
  expect(text).toMatch(
    /3 {2}src\/protocol\n +1 {2}test\/c\.test\.ts\nskipped: test 1 of src\/protocol\/b\.test\.ts/,
  )
})

it.each([
  ['a test that fails', { 'test/a.test.ts': ['passed', 'failed'] }, ['npm test'], '1 passed, 1 failed'],
  [
    'a file that cannot be loaded',
    { 'test/a.test.ts': [], 'test/b.test.ts': ['passed'] },
    ['npm test'],
    '1 passed, 1 failed',
  ],
  ['a failure no test shows', { 'test/a.test.ts': ['passed'] }, ['npm test'], '1 passed, 1 failed'],
  ['another step that failed', { 'test/a.test.ts': ['passed'] }, ['npm run check'], '1 passed, 1 failed'],
  ['a run of no test', {}, [], '0 passed, 1 failed'],
])('does not hide %s', (_what, files, failedSteps, last) => {
  expect(summary(files as Record<string, string[]>, ...failedSteps)).toMatchObject({ status: 1, last })
})

it('does not hide that nothing was reported at all', () => {
  expect(counts(join(folder, 'none.json'), 'npm ci')).toMatchObject({ status: 1, last: '0 passed, 1 failed' })
})

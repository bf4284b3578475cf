/*
 * Sums up a report of the tests: how many ran in which part, what was skipped, and as the very last line `N passed, N failed`.
 *
 *   node scripts/test-counts.mjs <file of vitest's json reporter> [step that failed …]
 *
 * Each step that failed counts as one failure, so that the last line never looks better than the run was; that of the tests only if no
 * failing test explains it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'

const [file = '', ...failedSteps] = process.argv.slice(2)

/**
 * @typedef {{ fullName: string, status: string }} Test
 * @typedef {{ name: string, status: string, assertionResults: Test[] }} TestFile
 */

/** @type {{ testResults: TestFile[] } | null} */
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
const files = report?.testResults ?? []
const tests = files.flatMap((testFile) => testFile.assertionResults)

const passed = tests.filter((test) => test.status === 'passed')
const failed = tests.filter((test) => test.status === 'failed')
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed')
// A file that cannot even be loaded has no tests that could fail.
const broken = files.filter(
  (testFile) => testFile.status === 'failed' && testFile.assertionResults.length === 0,
)
const failures = [
  ...broken.map((testFile) => `${relative(process.cwd(), testFile.name)} could not be run`),
  ...failed.map((test) => test.fullName),
]
if (tests.length === 0 && failedSteps.length === 0) failures.push('no test was run')
const explained = failures.length > 0
failures.push(
  ...failedSteps.filter((step) => step !== 'npm test' || !explained).map((step) => `${step} failed`),
)

console.log('\n── passed tests by part')
for (const [part, count] of passedByPart()) console.log(`${String(count).padStart(6)}  ${part}`)
for (const test of skipped) console.log(`skipped: ${test.fullName}`)
for (const failure of failures) console.log(`✗ ${failure}`)
console.log(`${passed.length} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0

/** The folder below `src` or `web`, or the file itself of tests that cross folders. */
function passedByPart() {
  /** @type {Map<string, number>} */
  const parts = new Map()
  for (const { name, assertionResults } of files) {
    const part = relative(process.cwd(), name).replaceAll('\\', '/').split('/').slice(0, 2).join('/')
    const count = assertionResults.filter((test) => test.status === 'passed').length
    parts.set(part, (parts.get(part) ?? 0) + count)
  }
  return [...parts].sort(([one], [other]) => one.localeCompare(other))
}

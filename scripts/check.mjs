/*
 * Runs every check of the repository, all of them even when one fails, and says at the end which did.
 *
 *   npm run check                       everything, the tests included
 *   npm run check -- --except test      what has been run already may be left out
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

/** Scripts of package.json, the quick ones first. */
const checks = {
  lint: 'format and lint',
  types: 'types',
  direction: 'direction of dependencies',
  unused: 'unused code',
  generated: 'generated documentation',
  test: 'tests',
}

const { values } = parseArgs({ options: { except: { type: 'string', multiple: true, default: [] } } })
const unknown = values.except.filter((name) => !(name in checks))
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}; there are ${Object.keys(checks).join(', ')}.`)
  process.exit(2)
}

const results = Object.entries(checks)
  .filter(([script]) => !values.except.includes(script))
  .map(([script, name]) => {
    console.log(`\n── ${name}: npm run ${script}`)
    const startedAt = Date.now()
    const { status } = spawnSync('npm', ['run', '--silent', script], {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    return { name, passed: status === 0, seconds: ((Date.now() - startedAt) / 1000).toFixed(1) }
  })

console.log('\n── checks')
for (const { name, passed, seconds } of results) {
  console.log(`${passed ? '✓' : '✗'} ${name} (${seconds} s)`)
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1

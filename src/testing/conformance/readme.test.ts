import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checks } from './index.js'

const sources = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
const rules = readme.split('\n- ').slice(1)
const named = rules.flatMap((rule) => [...rule.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''))
const tests = named.filter((name) => name.includes(' › '))

it('every check is on the page that says what proves which rule', () => {
  for (const { id } of checks) expect(named).toContain(id)
})

it('every check on that page exists', () => {
  const ids = checks.map(({ id }) => id)
  const looksLikeCheck = named.filter((name) =>
    /^(?:check|get|put|lock|unlock|relock|refresh|rename|delete|token|input|answer)[a-z-]*\.[a-z0-9-]+$/.test(
      name,
    ),
  )
  expect(looksLikeCheck.length).toBeGreaterThan(150)
  for (const id of looksLikeCheck) expect(ids).toContain(id)
})

it('every test on that page exists', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  for (const name of tests) {
    const [file = '', title = ''] = name.split(' › ')
    const path = files.find((one) => one.replaceAll('\\', '/').endsWith(`/${file}`))
    expect(path, `there is a file ${file}`).toBeDefined()
    expect(readFileSync(join(sources, path ?? ''), 'utf8'), file).toContain(title)
  }
})

it('every rule names something that proves it', () => {
  expect(rules.length).toBeGreaterThan(80)
  for (const rule of rules) expect(rule.split(':\n')[1], rule).toMatch(/`[^`]+`/)
})

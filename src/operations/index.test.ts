import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checks } from '../testing/conformance/index.js'
import { operations } from './index.js'

describe.each(operations)('$name', (operation) => {
  it('names its page of the specification', () => {
    expect(operation.spec).toMatch(/^https:\/\/learn\.microsoft\.com\/.+\/rest\/files\/[a-z]+$/)
  })

  it('has a test beside it', () => {
    const file = operation.name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
    expect(existsSync(new URL(`./files/${file}.ts`, import.meta.url))).toBe(true)
    expect(existsSync(new URL(`./files/${file}.test.ts`, import.meta.url))).toBe(true)
  })

  it('has a conformance check that must pass', () => {
    const own = checks.filter((check) => check.operation === operation.name && check.level === 'MUST')
    expect(own).not.toEqual([])
  })
})

it('no two operations can be meant by the same request, unless the first of them says when', () => {
  for (const [index, operation] of operations.entries()) {
    const rivals = operations
      .slice(index + 1)
      .filter(
        ({ method, path, override }) =>
          method === operation.method && path === operation.path && override === operation.override,
      )
    if (rivals.length > 0) expect(operation.when, operation.name).toBeDefined()
  }
})

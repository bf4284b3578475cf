import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Live } from '../live/live.js'
import { ApiError, apiErrorCodes, sentenceOf } from './api-error.js'
import { openApi } from './openapi.js'
import { apiRoutes } from './routes.js'

const routes = apiRoutes({} as Live)

describe('the documentation of the API', () => {
  it('is what the routes say; `npx vitest run src/server/api/openapi.test.ts -u` writes it anew', async () => {
    const head = '# Made from the routes in src/server/api; a test keeps it up to date.\n'
    await expect(
      head + stringify(openApi(routes), { lineWidth: 0, aliasDuplicateObjects: false }),
    ).toMatchFileSnapshot('../../../docs/api.yaml')
  })

  it('has one entry for each route, and a sentence for each', () => {
    const keys = routes.map((route) => `${route.method} ${route.path}`)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { summary, answer } of routes) {
      expect(summary).toMatch(/^[A-Z].*[.]$/)
      expect(answer.description).not.toBe('')
    }
  })

  it('asks for a role wherever an item is named', () => {
    const unguarded = routes.filter(
      ({ path, item }) => /^\/(items|files)\/:id/.test(path) && item === undefined,
    )
    expect(unguarded).toEqual([])
    // The list of a folder may be that of what a person was let into, which is no item.
    const folders = routes.filter(({ path, item }) => path.startsWith('/folders/:id') && item === undefined)
    expect(folders.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /folders/:id'])
  })
})

describe('a refusal', () => {
  it.each(apiErrorCodes)('says what %s means in both languages', (code) => {
    const details = {
      problem: 'PROBLEM',
      name: 'NAME',
      lock: { userName: 'NAME', since: 0, until: 0 },
      allowed: ['GET'],
      offset: 1,
      maxFileSize: 1,
      retryAfter: 1,
    }
    const error: ApiError = Reflect.construct(ApiError, [code, details])
    for (const language of ['en', 'zh-CN'] as const) {
      expect(sentenceOf(error, language)).not.toMatch(/undefined|\[object/)
      expect(sentenceOf(error, language).length).toBeGreaterThan(3)
    }
  })
})

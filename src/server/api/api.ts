import type { z } from 'zod'
import type { ServerContext } from '../context.js'
import type { Visitor } from '../visitors.js'
import { ApiError, asApiError, errorResponse } from './api-error.js'
import { reachOf } from './reach.js'
import { readJson } from './read-body.js'
import { changesSomething, createMatcher, type ItemCall, type Route } from './route.js'

/** The API, as a function from requests to answers. */
export type Api = (request: Request, path: string, visitor: Visitor) => Promise<Response>

/**
 * Makes the API from the table of its routes. Whatever is common to them happens here, in this order: find the route, ask for proof that the
 * request comes from a page of ours, ask who it is, read what came, judge the role, run.
 *
 * @param isOwnOrigin whether an `Origin` is one of the addresses under which this server is meant.
 */
export function createApi(
  context: ServerContext,
  routes: readonly Route[],
  isOwnOrigin: (origin: string) => boolean,
): Api {
  const match = createMatcher(routes)

  async function answer(request: Request, path: string, visitor: Visitor): Promise<Response> {
    const found = match(request.method, path)
    if (!found.route) {
      if (found.allowed.length === 0) throw new ApiError('not-found')
      throw new ApiError('method-not-allowed', { allowed: found.allowed })
    }
    const { route, params } = found
    if (changesSomething(route)) requireOwnPage(request, visitor)
    const { person } = visitor
    if (route.audience !== 'anybody' && !person) throw new ApiError('sign-in-required')
    if (route.audience === 'admins' && !person?.admin) throw new ApiError('forbidden')
    const reach = person && reachOf(context, person)
    const param = (name: string) => params[name] ?? ''
    const reached = route.item && reach ? await reach.need(param('id'), route.item) : undefined
    const query = route.query
      ? checked(route.query, Object.fromEntries(new URL(request.url).searchParams), 'The query')
      : undefined
    const body =
      route.body === undefined || route.body === 'bytes'
        ? undefined
        : checked(route.body, await readJson(request), 'The body')
    const call = { context, request, visitor, param, query, body, person, reach, reached }
    return route.run(call as unknown as ItemCall<unknown, unknown>)
  }

  function requireOwnPage(request: Request, visitor: Visitor): void {
    const origin = request.headers.get('origin')
    const site = request.headers.get('sec-fetch-site')
    const isForeign =
      (origin !== null && !isOwnOrigin(origin)) ||
      (site !== null && site !== 'same-origin' && site !== 'none')
    if (isForeign || !context.door.isOurs(request, visitor)) throw new ApiError('csrf')
  }

  return async (request, path, visitor) => {
    const response = await answer(request, path, visitor).catch((error: unknown) => {
      const refusal = asApiError(error)
      if (!refusal) context.log.error({ err: error, path, method: request.method }, 'the API failed')
      return errorResponse(refusal ?? new ApiError('internal'), visitor.language)
    })
    if (visitor.newCookie !== null && !response.headers.has('set-cookie'))
      response.headers.append('Set-Cookie', visitor.newCookie)
    return response
  }
}

function checked(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : ''
  throw new ApiError('bad-request', {
    problem: `${what} is not as expected${where}: ${issue?.message ?? ''}`,
  })
}

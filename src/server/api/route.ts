import type { z } from 'zod'
import type { ServerContext } from '../context.js'
import type { Role } from '../people/roles.js'
import type { VisitingPerson, Visitor } from '../visitors.js'
import type { Reach, Reached } from './reach.js'

/** What an address of the API does, as a value: dispatch, checks, documentation and the tests that try every door follow from the table of them. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api`; `:name` stands for a segment. */
  readonly path: string
  /** One sentence, for the documentation. */
  readonly summary: string
  /** Who may call it at all. `people`: everybody who is signed in, or has come by a link. */
  readonly audience: 'anybody' | 'people' | 'admins'
  /** The least role for the item that `:id` names; whoever has none at all is told that there is no such item. */
  readonly item?: Role
  readonly query?: z.ZodType
  /** JSON, or `bytes` for content that is streamed. */
  readonly body?: z.ZodType | 'bytes'
  readonly answer: Answer
  run(call: Call<unknown, unknown>): Response | Promise<Response>
}

/** What an address answers when all is well. */
export interface Answer {
  readonly status: 200 | 201 | 204
  readonly description: string
  /** JSON of this form; a text names another media type. */
  readonly content?: z.ZodType | string
}

/** One call of a route. Who it is has been found out, and what came has been checked. */
export interface Call<Q = undefined, B = undefined> {
  readonly context: ServerContext
  readonly request: Request
  readonly visitor: Visitor
  /** What the path has in the place of `:name`. */
  param(name: string): string
  readonly query: Q
  readonly body: B
}

/** A call by somebody who is known. */
export interface PersonCall<Q = undefined, B = undefined> extends Call<Q, B> {
  readonly person: VisitingPerson
  readonly reach: Reach
}

/** A call on an item that the person may use in this way. */
export interface ItemCall<Q = undefined, B = undefined> extends PersonCall<Q, B> {
  readonly reached: Reached
}

type Definition<C, Q extends z.ZodType, B extends z.ZodType | 'bytes'> = Omit<
  Route,
  'run' | 'query' | 'body' | 'audience' | 'item'
> & {
  readonly query?: Q
  readonly body?: B
  run(call: C): Response | Promise<Response>
}

type Output<T> = T extends z.ZodType ? z.output<T> : undefined

/** An address for everybody, strangers too. */
export function openRoute<Q extends z.ZodType = never, B extends z.ZodType | 'bytes' = never>(
  definition: Definition<Call<Output<Q>, Output<B>>, Q, B>,
): Route {
  return { ...definition, audience: 'anybody' } as Route
}

/** An address for people the server knows; with `audience` for administrators only. */
export function personRoute<Q extends z.ZodType = never, B extends z.ZodType | 'bytes' = never>(
  definition: Definition<PersonCall<Output<Q>, Output<B>>, Q, B> & { readonly audience?: 'admins' },
): Route {
  return { audience: 'people', ...definition } as Route
}

/** An address about the item that `:id` names, for people with at least a certain role. */
export function itemRoute<Q extends z.ZodType = never, B extends z.ZodType | 'bytes' = never>(
  definition: Definition<ItemCall<Output<Q>, Output<B>>, Q, B> & { readonly item: Role },
): Route {
  return { ...definition, audience: 'people' } as Route
}

/** Whether a route changes something, and so asks for proof that the request comes from a page of ours. */
export function changesSomething(route: Route): boolean {
  return route.method !== 'GET'
}

/** Finds routes by method and path. */
export function createMatcher(routes: readonly Route[]): (method: string, path: string) => Match {
  const byLength = new Map<number, { route: Route; segments: string[] }[]>()
  for (const route of routes) {
    const segments = route.path.slice(1).split('/')
    const same = byLength.get(segments.length) ?? []
    byLength.set(segments.length, [...same, { route, segments }])
  }
  return (method, path) => {
    const given = path.slice(1).split('/')
    const allowed: string[] = []
    for (const { route, segments } of byLength.get(given.length) ?? []) {
      const params = paramsOf(segments, given)
      if (!params) continue
      // Whoever can be asked for content can be asked for its headers alone.
      if (route.method === method || (method === 'HEAD' && route.method === 'GET')) return { route, params }
      allowed.push(route.method)
    }
    return { route: null, allowed }
  }
}

export type Match =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly route: null; readonly allowed: readonly string[] }

function paramsOf(segments: readonly string[], given: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const value = given[index] ?? ''
    if (segment.startsWith(':')) {
      // Whatever is named in a path is an id or a key of ours.
      if (!/^[\w.-]{1,128}$/.test(value)) return null
      params[segment.slice(1)] = value
    } else if (segment !== value) return null
  }
  return params
}

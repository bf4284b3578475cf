import { z } from 'zod'
import type { ServerContext } from '../context.js'
import { blankExtensions } from '../documents/blank-documents.js'
import { languages } from '../language.js'
import { comparableName, type Person, signInNamePattern } from '../people/accounts.js'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../people/passwords.js'
import { version } from '../version.js'
import type { VisitingPerson, Visitor } from '../visitors.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { SHARED_ID } from './folder-view.js'
import { reachOf } from './reach.js'
import { openRoute, personRoute, type Route } from './route.js'
import { type SessionView, sessionSchema } from './schemas.js'

const password = z.string().min(1).max(MAX_PASSWORD_LENGTH)
export const newPassword = z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH)
export const signInName = z.string().regex(signInNamePattern)
/** What others see: one line of printable text. */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]+$/u)

/** Signing in and out, and what a page has to know before anything else. */
export const sessionRoutes: readonly Route[] = [
  openRoute({
    method: 'GET',
    path: '/session',
    summary: 'Who I am, what is here, and what a request that changes something must carry.',
    answer: { status: 200, description: 'The session.', content: sessionSchema },
    run: async ({ context, visitor }) => json(await sessionView(context, visitor)),
  }),
  openRoute({
    method: 'POST',
    path: '/session',
    summary: 'Signs in. The session gets a new cookie, and a new token for requests that change something.',
    body: z.object({ name: z.string().min(1).max(200), password }),
    answer: { status: 200, description: 'The session that has begun.', content: sessionSchema },
    async run({ context, visitor, body }) {
      const people = requirePeople(context)
      const { address } = visitor.sender
      const name = comparableName(body.name)
      const retryAfter = await people.throttle.begin(name, address)
      if (retryAfter > 0) throw new ApiError('too-many-tries', { retryAfter })
      const person = await people.accounts.signIn(body.name, body.password)
      if (!person) throw new ApiError('sign-in-failed')
      await people.throttle.succeeded(name, address)
      return beginSession(context, visitor, person)
    },
  }),
  openRoute({
    method: 'DELETE',
    path: '/session',
    summary: 'Signs out.',
    answer: { status: 204, description: 'Signed out.' },
    async run({ context, visitor }) {
      if (visitor.session) await context.people?.sessions.end(visitor.session.key)
      return done({ 'Set-Cookie': context.door.expiredCookie() })
    },
  }),
  openRoute({
    method: 'PUT',
    path: '/session/language',
    summary: 'Chooses the language of the pages in this browser.',
    body: z.object({ language: z.enum(languages) }),
    answer: { status: 204, description: 'Chosen.' },
    run: ({ context, body }) => done({ 'Set-Cookie': context.door.languageCookie(body.language) }),
  }),
  personRoute({
    method: 'PUT',
    path: '/session/password',
    summary: 'Changes my password, and ends my sessions in other browsers.',
    body: z.object({ current: password, next: newPassword }),
    answer: { status: 204, description: 'Changed.' },
    async run({ context, visitor, person, body }) {
      const people = requirePeople(context)
      if (person.guest) throw new ApiError('forbidden')
      const { address } = visitor.sender
      const retryAfter = await people.throttle.begin(person.id, address)
      if (retryAfter > 0) throw new ApiError('too-many-tries', { retryAfter })
      if (!(await people.accounts.hasPassword(person.id, body.current))) throw new ApiError('sign-in-failed')
      await people.throttle.succeeded(person.id, address)
      await people.accounts.change(person.id, { password: body.next })
      await people.sessions.endAllOf(person.id, visitor.session?.key)
      return done()
    },
  }),
  openRoute({
    method: 'POST',
    path: '/setup/check',
    summary: 'What a one-time link is for: the first account, an invitation, or a new password.',
    body: z.object({ token: z.string().max(100) }),
    answer: {
      status: 200,
      description: 'Its purpose, and whom it is for.',
      content: z.object({
        kind: z.enum(['owner', 'invitation', 'reset']),
        name: z.string().nullable(),
        displayName: z.string().nullable(),
      }),
    },
    run({ context, body }) {
      const people = requirePeople(context)
      const link = people.links.find(body.token)
      if (!link) throw new ApiError('link-ended')
      const person = link.personId === null ? null : people.accounts.find(link.personId)
      const kind = person === null ? 'owner' : person.hasPassword ? 'reset' : 'invitation'
      return json({ kind, name: person?.signInName ?? null, displayName: person?.name ?? null })
    },
  }),
  openRoute({
    method: 'POST',
    path: '/setup',
    summary: 'Uses a one-time link: makes the first account, or lets an invited person choose a password.',
    body: z.object({
      token: z.string().max(100),
      name: signInName.optional(),
      displayName: displayName.optional(),
      password: newPassword,
    }),
    answer: { status: 200, description: 'The session that has begun.', content: sessionSchema },
    async run({ context, visitor, body }) {
      const people = requirePeople(context)
      const link = people.links.find(body.token)
      if (!link) throw new ApiError('link-ended')
      if (link.personId === null && body.name === undefined)
        throw new ApiError('bad-request', { problem: 'name is missing.' })
      if (!(await people.links.use(body.token))) throw new ApiError('link-ended')
      const invited = link.personId !== null && people.accounts.find(link.personId)?.hasPassword === false
      const person =
        link.personId === null
          ? await people.accounts.create({
              signInName: body.name ?? '',
              name: body.displayName ?? body.name ?? '',
              password: body.password,
              admin: true,
            })
          : await people.accounts.change(link.personId, {
              password: body.password,
              ...(invited && body.displayName !== undefined ? { name: body.displayName } : {}),
            })
      if (person === 'name-taken') throw new ApiError('name-taken', { name: body.name ?? '' })
      if (person === null || person === 'last-admin') throw new ApiError('link-ended')
      await people.sessions.endAllOf(person.id)
      return beginSession(context, visitor, person)
    },
  }),
]

/** Begins a session under a new id: one that somebody may have planted in the browser before is worth nothing. */
async function beginSession(context: ServerContext, visitor: Visitor, person: Person): Promise<Response> {
  const people = requirePeople(context)
  if (visitor.session) await people.sessions.end(visitor.session.key)
  const begun = context.door.withSession(visitor, await people.sessions.start(person.id, visitor.sender))
  return json(await sessionView(context, begun.visitor), 200, { 'Set-Cookie': begun.cookie })
}

export function requirePeople({ people }: ServerContext) {
  // Nothing about accounts exists on a server without them.
  if (!people) throw new ApiError('not-found')
  return people
}

export async function sessionView(context: ServerContext, visitor: Visitor): Promise<SessionView> {
  const { host, people, settings } = context
  const { person } = visitor
  return {
    mode: people ? 'accounts' : 'single',
    setupNeeded: people !== null && !people.accounts.hasAdmin(),
    person: person && { id: person.id, name: person.name, admin: person.admin, guest: person.guest },
    csrf: visitor.csrf,
    language: visitor.language,
    ...(person ? await landing(context, person) : { rootId: null, wholeLibrary: false, fileId: null }),
    version,
    maxFileSize: settings.maxFileSize,
    canCreate: [...blankExtensions],
    // Strangers learn nothing about what is behind.
    clients: person
      ? host.clients.list.map(({ name, url, state }) => ({
          name,
          // Where it is inside the network is nobody's business but an administrator's.
          url: person.admin ? url : null,
          reachable: state.problem === null,
        }))
      : [],
  }
}

/** Where a person begins: the whole library, the one folder or file they were let into, or the list of all that they were let into. */
export async function landing(
  context: ServerContext,
  person: VisitingPerson,
): Promise<Pick<SessionView, 'rootId' | 'wholeLibrary' | 'fileId'>> {
  const reach = reachOf(context, person)
  const { rootId } = context.library.tree
  if (reach.roleOf(rootId) !== null) return { rootId, wholeLibrary: true, fileId: null }
  const [only, ...more] = await reach.startingPoints()
  if (!only || more.length > 0) return { rootId: SHARED_ID, wholeLibrary: false, fileId: null }
  return only.item.kind === 'folder'
    ? { rootId: only.item.id, wholeLibrary: false, fileId: null }
    : { rootId: null, wholeLibrary: false, fileId: only.item.id }
}

import { z } from 'zod'
import type { ServerContext } from '../context.js'
import type { Person } from '../people/accounts.js'
import { roles } from '../people/roles.js'
import type { Visitor } from '../visitors.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { personRoute, type Route } from './route.js'
import { accountSchema, accountWithLinkSchema, signedInSchema } from './schemas.js'
import { displayName, newPassword, requirePeople, signInName } from './session.js'

/** Accounts and sessions. */
export const peopleRoutes: readonly Route[] = [
  personRoute({
    method: 'GET',
    path: '/people',
    audience: 'admins',
    summary: 'Everybody with an account.',
    answer: {
      status: 200,
      description: 'The people.',
      content: z.object({ people: z.array(accountSchema) }),
    },
    run({ context }) {
      const list = requirePeople(context).accounts.list()
      return json({ people: list.map((person) => accountView(context, person)) })
    },
  }),
  personRoute({
    method: 'POST',
    path: '/people',
    audience: 'admins',
    summary:
      'Makes an account. Without a password the answer has a one-time link, by which the person chooses one.',
    body: z.object({
      name: signInName,
      displayName: displayName.optional(),
      password: newPassword.optional(),
      admin: z.boolean().default(false),
      /** What the person is to the whole library. */
      role: z.enum(roles).optional(),
    }),
    answer: { status: 201, description: 'The account.', content: accountWithLinkSchema },
    async run({ context, body }) {
      const people = requirePeople(context)
      const person = await people.accounts.create({
        signInName: body.name,
        name: body.displayName ?? body.name,
        password: body.password ?? null,
        admin: body.admin,
      })
      if (person === 'name-taken') throw new ApiError('name-taken', { name: body.name })
      if (body.role) await people.roles.set(context.library.tree.rootId, person.id, body.role)
      const link = body.password === undefined ? await oneTimeLink(context, person.id) : null
      return json({ person: accountView(context, person), link }, 201)
    },
  }),
  personRoute({
    method: 'PATCH',
    path: '/people/:id',
    audience: 'admins',
    summary:
      'Changes an account. `newLink` makes a one-time link by which the person chooses a new password. Whoever is disabled, or gets a new password, is signed out everywhere.',
    body: z.object({
      displayName: displayName.optional(),
      admin: z.boolean().optional(),
      disabled: z.boolean().optional(),
      password: newPassword.optional(),
      newLink: z.boolean().default(false),
    }),
    answer: { status: 200, description: 'The account.', content: accountWithLinkSchema },
    async run({ context, param, body }) {
      const people = requirePeople(context)
      const id = accountId(context, param('id'))
      const person = await people.accounts.change(id, {
        ...(body.displayName === undefined ? {} : { name: body.displayName }),
        ...(body.admin === undefined ? {} : { admin: body.admin }),
        ...(body.disabled === undefined ? {} : { disabled: body.disabled }),
        ...(body.password === undefined ? {} : { password: body.password }),
      })
      if (person === 'last-admin') throw new ApiError('last-admin')
      if (!person) throw new ApiError('not-found')
      if (body.password !== undefined || body.disabled) await people.sessions.endAllOf(id)
      const link = body.newLink ? await oneTimeLink(context, id) : null
      return json({ person: accountView(context, person), link })
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/people/:id',
    audience: 'admins',
    summary: 'Removes an account, with its roles, its links and its sessions. What the person wrote stays.',
    answer: { status: 204, description: 'Removed.' },
    async run({ context, param }) {
      const outcome = await requirePeople(context).accounts.remove(accountId(context, param('id')))
      if (outcome === 'last-admin') throw new ApiError('last-admin')
      if (!outcome) throw new ApiError('not-found')
      return done()
    },
  }),
  personRoute({
    method: 'GET',
    path: '/sessions',
    summary: 'Where I am signed in.',
    answer: {
      status: 200,
      description: 'My sessions, those last used first.',
      content: z.object({ sessions: z.array(signedInSchema) }),
    },
    run({ context, visitor, person }) {
      requirePeople(context)
      return json({ sessions: sessionsView(context, visitor, person.id) })
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/sessions/:id',
    summary: 'Signs out another browser of mine.',
    answer: { status: 204, description: 'Signed out.' },
    run: ({ context, person, param }) => endSession(context, param('id'), person.id),
  }),
  personRoute({
    method: 'DELETE',
    path: '/admin/sessions/:id',
    audience: 'admins',
    summary: 'Signs out anybody’s browser.',
    answer: { status: 204, description: 'Signed out.' },
    run: ({ context, param }) => endSession(context, param('id')),
  }),
]

/** The sessions of one person, or of everybody. */
export function sessionsView(
  { people }: ServerContext,
  visitor: Visitor,
  personId?: string,
): z.infer<typeof signedInSchema>[] {
  return (people?.sessions.list(personId) ?? []).flatMap((session) => {
    const person = people?.accounts.find(session.personId)
    if (!person) return []
    return [
      {
        id: session.key,
        person: { id: person.id, name: person.name },
        createdAt: session.startedAt,
        lastSeenAt: session.seenAt,
        address: session.address,
        userAgent: session.userAgent,
        current: session.key === visitor.session?.key,
      },
    ]
  })
}

async function endSession(context: ServerContext, id: string, personId?: string): Promise<Response> {
  const { sessions } = requirePeople(context)
  const session = sessions.list(personId).find(({ key }) => key === id)
  if (!session) throw new ApiError('not-found')
  await sessions.end(session.key)
  return done()
}

async function oneTimeLink(context: ServerContext, personId: string): Promise<string> {
  return setupLink(context.publicUrl, await requirePeople(context).links.make(personId))
}

/** The address at which a one-time link is used. What is behind `#` stays in the browser, out of every log. */
export function setupLink(publicUrl: string, token: string): string {
  return `${publicUrl}/setup#${token}`
}

function accountId(context: ServerContext, id: string): string {
  const person = requirePeople(context).accounts.find(id)
  if (!person || person.signInName === null) throw new ApiError('not-found')
  return person.id
}

function accountView({ people }: ServerContext, person: Person): z.infer<typeof accountSchema> {
  return {
    id: person.id,
    name: person.signInName ?? '',
    displayName: person.name,
    admin: person.admin,
    disabled: person.disabled,
    lastSeenAt: people?.sessions.list(person.id)[0]?.seenAt ?? null,
  }
}

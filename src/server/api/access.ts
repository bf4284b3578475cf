import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { ServerContext } from '../context.js'
import type { Person } from '../people/accounts.js'
import { isAtLeast, roles, shareRoles } from '../people/roles.js'
import type { Share } from '../people/shares.js'
import type { Visitor } from '../visitors.js'
import { done, json } from './answers.js'
import { ApiError } from './api-error.js'
import { reachOf } from './reach.js'
import { itemRoute, openRoute, personRoute, type Route } from './route.js'
import { accessSchema, sessionSchema, shareSchema } from './schemas.js'
import { displayName, requirePeople, sessionView } from './session.js'

const guestNames = { en: 'Guest', 'zh-CN': '访客' }

/** Who may do what, and the links by which guests come in. */
export const accessRoutes: readonly Route[] = [
  itemRoute({
    method: 'GET',
    path: '/items/:id/access',
    summary: 'Who may do what with an item, and, for its owners, its links.',
    item: 'viewer',
    answer: { status: 200, description: 'Roles and links.', content: accessSchema },
    run({ context, person: viewer, reached }) {
      const people = requirePeople(context)
      if (viewer.guest) throw new ApiError('forbidden')
      const canManage = isAtLeast(reached.role, 'owner')
      const places = new Map(context.library.tree.path(reached.item.id).map((place) => [place.id, place]))
      const entries = new Map<string, z.infer<typeof accessSchema>['entries'][number]>()
      for (const account of people.accounts.list()) {
        if (!account.admin) continue
        const person = { id: account.id, name: account.name }
        const root = places.get(context.library.tree.rootId) ?? null
        entries.set(account.id, { person, role: 'owner', inheritedFrom: root, admin: true })
      }
      for (const [index, itemId] of reached.chain.entries()) {
        for (const [personId, role] of people.roles.on(itemId)) {
          const person = people.accounts.find(personId)
          if (!person || entries.has(personId)) continue
          entries.set(personId, {
            person: { id: person.id, name: person.name },
            role,
            inheritedFrom: index === 0 ? null : (places.get(itemId) ?? null),
            admin: false,
          })
        }
      }
      const shares = canManage ? people.shares.on(reached.item.id).filter(people.access.roleOfShare) : []
      const everybody = canManage ? people.accounts.list().filter(({ disabled }) => !disabled) : []
      return json({
        canManage,
        people: everybody.map(({ id, name }) => ({ id, name })),
        entries: [...entries.values()],
        shares: shares.map((share) => shareView(context, share)),
      })
    },
  }),
  itemRoute({
    method: 'PUT',
    path: '/items/:id/access/:personId',
    summary:
      'Says what a person is to an item and everything below it. `none` hides it from them; null leaves it to the folder above.',
    item: 'owner',
    body: z.object({ role: z.enum([...roles, 'none']).nullable() }),
    answer: { status: 204, description: 'Said.' },
    async run({ context, reached, param, body }) {
      const people = requirePeople(context)
      const person = people.accounts.find(param('personId'))
      if (!person || person.signInName === null) throw new ApiError('not-found')
      await people.roles.set(reached.item.id, person.id, body.role)
      return done()
    },
  }),
  itemRoute({
    method: 'POST',
    path: '/items/:id/shares',
    summary:
      'Makes a link by which whoever has it comes in. It lasts as long as its maker may let others in.',
    item: 'owner',
    body: z.object({
      role: z.enum(shareRoles),
      password: z.string().min(1).max(256).optional(),
      expiresAt: z.int().positive().optional(),
    }),
    answer: { status: 201, description: 'The link.', content: shareSchema },
    async run({ context, person, reached, body }) {
      const share = await requirePeople(context).shares.make({
        itemId: reached.item.id,
        role: body.role,
        password: body.password ?? null,
        endsAt: body.expiresAt ?? null,
        madeBy: person.id,
      })
      return json(shareView(context, share), 201)
    },
  }),
  personRoute({
    method: 'DELETE',
    path: '/shares/:id',
    summary: 'Ends a link: whoever came in by it is out at the next request.',
    answer: { status: 204, description: 'Ended.' },
    async run({ context, reach, param }) {
      const people = requirePeople(context)
      const share = people.shares.find(param('id'))
      if (!share || !isAtLeast(reach.roleOf(share.itemId), 'owner')) throw new ApiError('not-found')
      await people.shares.remove(share.id)
      return done()
    },
  }),
  openRoute({
    method: 'POST',
    path: '/shares/check',
    summary: 'Whether coming in by a link takes its password. Nothing else is told of what is behind it.',
    body: z.object({ secret: z.string().max(100) }),
    answer: {
      status: 200,
      description: 'What is to be asked of whoever has the link.',
      content: z.object({ needsPassword: z.boolean() }),
    },
    run({ context, visitor, body }) {
      return json({ needsPassword: needsPassword(context, shareOf(context, body.secret), visitor) })
    },
  }),
  openRoute({
    method: 'POST',
    path: '/shares/enter',
    summary:
      'Comes in by a link. Strangers become guests, with a name they may choose and an id that stays theirs in this browser.',
    body: z.object({
      secret: z.string().max(100),
      password: z.string().max(256).optional(),
      displayName: displayName.optional(),
    }),
    answer: {
      status: 200,
      description: 'The session, and what the link leads to.',
      content: sessionSchema.extend({ itemId: z.string(), kind: z.enum(['file', 'folder']) }),
    },
    async run({ context, visitor, body }) {
      const people = requirePeople(context)
      const share = shareOf(context, body.secret)
      if (needsPassword(context, share, visitor))
        await requirePassword(context, share, body.password, visitor.sender.address)
      const comer = visitor.person ?? (await newGuest(context, visitor, body.displayName))
      await people.shares.enter(share.id, comer.id)

      const begun = visitor.person
        ? { visitor, cookie: null }
        : context.door.withSession(visitor, await people.sessions.start(comer.id, visitor.sender))
      const { person } = begun.visitor
      if (!person) throw new ApiError('sign-in-required')
      const { id: itemId, kind } = (await reachOf(context, person).need(share.itemId, 'viewer')).item
      const headers = begun.cookie === null ? {} : { 'Set-Cookie': begun.cookie }
      return json({ ...(await sessionView(context, begun.visitor)), itemId, kind }, 200, headers)
    },
  }),
]

/** The share whose link ends in this secret, as long as it lets anybody in. */
function shareOf(context: ServerContext, secret: string): Share {
  const people = requirePeople(context)
  const share = people.shares.bySecret(secret)
  if (!share || people.access.roleOfShare(share) === null) throw new ApiError('share-ended')
  return share
}

/** Whoever has come in by this link before said its password then. */
function needsPassword(context: ServerContext, { id, hasPassword }: Share, { person }: Visitor): boolean {
  if (!hasPassword || person === null) return hasPassword
  return !requirePeople(context)
    .shares.enteredBy(person.id)
    .some((share) => share.id === id)
}

async function requirePassword(
  context: ServerContext,
  share: Share,
  password: string | undefined,
  address: string,
): Promise<void> {
  const people = requirePeople(context)
  if (password === undefined) throw new ApiError('password-required')
  const name = `share ${share.id}`
  const retryAfter = await people.throttle.begin(name, address)
  if (retryAfter > 0) throw new ApiError('too-many-tries', { retryAfter })
  if (!(await people.shares.fits(share.id, password))) throw new ApiError('wrong-password')
  await people.throttle.succeeded(name, address)
}

/** A guest by the name they have chosen, or else one by which two guests can be told apart. */
function newGuest(context: ServerContext, { language }: Visitor, name: string | undefined): Promise<Person> {
  const { accounts } = requirePeople(context)
  if (name !== undefined) return accounts.createGuest(name, true)
  return accounts.createGuest(`${guestNames[language]} ${randomInt(1000, 10_000)}`, false)
}

function shareView({ publicUrl }: ServerContext, share: Share): z.infer<typeof shareSchema> {
  return {
    id: share.id,
    role: share.role,
    url: `${publicUrl}/s/${share.secret}`,
    hasPassword: share.hasPassword,
    expiresAt: share.endsAt,
  }
}

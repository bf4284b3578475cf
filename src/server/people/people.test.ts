import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Sqlite } from '../../drivers/folder/sqlite.js'
import type { Chain } from './access.js'
import { openPeople, type People } from './people.js'
import { permissionWithin } from './roles.js'

let data: string
let people: People
let now: number
const chains = new Map<string, Chain>()
const minutes = 60_000
const days = 24 * 60 * minutes
const here = { address: '192.0.2.7', userAgent: 'a browser' }

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'wopikit-people-'))
  now = Date.UTC(2026, 5, 1)
  people = open()
  chains.clear()
  for (const chain of [
    ['root'],
    ['folder', 'root'],
    ['sub', 'folder', 'root'],
    ['file', 'sub', 'folder', 'root'],
  ])
    chains.set(chain[0] ?? '', chain)
})

afterEach(() => {
  people.close()
  rmSync(data, { recursive: true })
})

function open(): People {
  return openPeople({
    data,
    durability: 'process-crash',
    chainOf: (id) => chains.get(id) ?? null,
    now: () => now,
  })
}

async function account(signInName: string, admin = false) {
  const person = await people.accounts.create({
    signInName,
    name: signInName,
    password: 'correct horse',
    admin,
  })
  if (person === 'name-taken') throw new Error('name taken')
  return person
}

const roleOf = (personId: string, itemId: string) => people.access.roleOf(personId, chains.get(itemId) ?? [])

describe('accounts', () => {
  it('lets in by name and password, whatever the case of the name and the form of its letters', async () => {
    const eva = await account('Éva')
    expect(await people.accounts.signIn('e\u0301VA ', 'correct horse')).toMatchObject({ id: eva.id })
    expect(await people.accounts.signIn('éva', 'Correct horse')).toBeNull()
    expect(await people.accounts.signIn('eve', 'correct horse')).toBeNull()
  })

  it('has one account of a name', async () => {
    await account('eva')
    expect(await people.accounts.create({ signInName: 'EVA', name: 'x', password: null, admin: false })).toBe(
      'name-taken',
    )
  })

  it('keeps an account without password, and a disabled one, out', async () => {
    await people.accounts.create({ signInName: 'new', name: 'New', password: null, admin: false })
    expect(await people.accounts.signIn('new', '')).toBeNull()
    const eva = await account('eva')
    await people.accounts.change(eva.id, { disabled: true })
    expect(await people.accounts.signIn('eva', 'correct horse')).toBeNull()
  })

  it('never loses the last administrator', async () => {
    const eva = await account('eva', true)
    expect(await people.accounts.remove(eva.id)).toBe('last-admin')
    expect(await people.accounts.change(eva.id, { admin: false })).toBe('last-admin')
    expect(await people.accounts.change(eva.id, { disabled: true })).toBe('last-admin')
    await account('adam', true)
    expect(await people.accounts.remove(eva.id)).toBe('removed')
  })

  it('keeps no password and no session id that could be used', async () => {
    const eva = await account('eva', true)
    const id = await people.sessions.start(eva.id, here)
    const token = await people.links.make(eva.id)
    people.close()
    const database = new Sqlite(join(data, 'people.sqlite'))
    const kept = JSON.stringify(
      ['people', 'sessions', 'one_time_links'].map((table) =>
        database.prepare(`SELECT * FROM ${table}`).all(),
      ),
    )
    database.close()
    expect(kept).toContain('$argon2id$')
    for (const secret of ['correct horse', id, token]) expect(kept).not.toContain(secret)
    people = open()
  })
})

describe('sessions', () => {
  it('last through a restart, and end when they are ended', async () => {
    const eva = await account('eva')
    const id = await people.sessions.start(eva.id, here)
    people.close()
    people = open()
    const session = people.sessions.find(id)
    expect(session).toMatchObject({ personId: eva.id, address: here.address, userAgent: here.userAgent })
    await people.sessions.end(session?.key ?? '')
    expect(people.sessions.find(id)).toBeNull()
  })

  it('end when nobody uses them, and at last in any case', async () => {
    const eva = await account('eva')
    const id = await people.sessions.start(eva.id, here)
    for (let day = 0; day < 89; day++) {
      now += days
      const session = people.sessions.find(id)
      expect(session).not.toBeNull()
      if (session) await people.sessions.touch(session, here)
    }
    now += days
    expect(people.sessions.find(id)).toBeNull()
    const other = await people.sessions.start(eva.id, here)
    now += 14 * days
    expect(people.sessions.find(other)).toBeNull()
  })

  it('end with the account', async () => {
    await account('adam', true)
    const eva = await account('eva')
    const id = await people.sessions.start(eva.id, here)
    await people.accounts.remove(eva.id)
    expect(people.sessions.find(id)).toBeNull()
  })

  it('of a person can be ended all but the present one', async () => {
    const eva = await account('eva')
    const [first, second] = [
      await people.sessions.start(eva.id, here),
      await people.sessions.start(eva.id, here),
    ]
    await people.sessions.endAllOf(eva.id, people.sessions.find(second)?.key)
    expect(people.sessions.find(first)).toBeNull()
    expect(people.sessions.find(second)).not.toBeNull()
  })
})

describe('one-time links', () => {
  it('work once', async () => {
    const token = await people.links.make(null)
    expect(people.links.find(token)).toEqual({ personId: null })
    expect(await Promise.all([people.links.use(token), people.links.use(token)])).toEqual([true, false])
    expect(people.links.find(token)).toBeNull()
  })

  it('end after a week, and when a new one is made', async () => {
    const eva = await account('eva')
    const [first, second] = [await people.links.make(eva.id), await people.links.make(eva.id)]
    expect(people.links.find(first)).toBeNull()
    expect(people.links.find(second)).toEqual({ personId: eva.id })
    now += 7 * days
    expect(people.links.find(second)).toBeNull()
    expect(await people.links.use(second)).toBe(false)
  })
})

describe('access', () => {
  it('is inherited from the nearest folder that says something', async () => {
    const eva = await account('eva')
    expect(roleOf(eva.id, 'file')).toBeNull()
    await people.roles.set('folder', eva.id, 'editor')
    expect(roleOf(eva.id, 'root')).toBeNull()
    expect(roleOf(eva.id, 'file')).toBe('editor')
    await people.roles.set('sub', eva.id, 'viewer')
    expect(roleOf(eva.id, 'folder')).toBe('editor')
    expect(roleOf(eva.id, 'file')).toBe('viewer')
    await people.roles.set('sub', eva.id, 'none')
    expect(roleOf(eva.id, 'file')).toBeNull()
    await people.roles.set('sub', eva.id, null)
    expect(roleOf(eva.id, 'file')).toBe('editor')
  })

  it('is everything for administrators, nothing for the disabled and for strangers', async () => {
    const eva = await account('eva', true)
    await account('adam', true)
    expect(roleOf(eva.id, 'file')).toBe('owner')
    await people.accounts.change(eva.id, { disabled: true })
    expect(roleOf(eva.id, 'file')).toBeNull()
    expect(roleOf('nobody', 'file')).toBeNull()
  })

  async function shared(itemId: string, password: string | null = null, endsAt: number | null = null) {
    const owner = await account(`owner-of-${itemId}`)
    await people.roles.set(itemId, owner.id, 'owner')
    const share = await people.shares.make({ itemId, role: 'editor', password, endsAt, madeBy: owner.id })
    const guest = await people.accounts.createGuest('Guest 1', false)
    await people.shares.enter(share.id, guest.id)
    return { owner, share, guest }
  }

  it('by a link reaches what was shared and what is below, and nothing else', async () => {
    const { guest } = await shared('sub')
    expect(['root', 'folder', 'sub', 'file'].map((id) => roleOf(guest.id, id))).toEqual([
      null,
      null,
      'editor',
      'editor',
    ])
    expect(people.access.startingPoints(guest.id)).toEqual(['sub'])
  })

  it('by a link ends with the link, at its end, and with the right of its maker to let others in', async () => {
    const ended = await shared('sub')
    await people.shares.remove(ended.share.id)
    expect(roleOf(ended.guest.id, 'sub')).toBeNull()

    const expiring = await shared('folder', null, now + minutes)
    expect(roleOf(expiring.guest.id, 'file')).toBe('editor')
    now += minutes
    expect(roleOf(expiring.guest.id, 'file')).toBeNull()
    expect(people.shares.bySecret(expiring.share.secret)).toBeNull()

    const orphaned = await shared('file')
    await people.roles.set('file', orphaned.owner.id, 'editor')
    expect(roleOf(orphaned.guest.id, 'file')).toBeNull()
    expect(people.access.roleOfShare(orphaned.share)).toBeNull()
  })

  it('by a link adds to what a person has, and takes nothing away', async () => {
    const { share } = await shared('sub')
    const eva = await account('eva')
    await people.roles.set('root', eva.id, 'viewer')
    await people.shares.enter(share.id, eva.id)
    expect(roleOf(eva.id, 'folder')).toBe('viewer')
    expect(roleOf(eva.id, 'file')).toBe('editor')
    await people.roles.set('file', eva.id, 'owner')
    expect(roleOf(eva.id, 'file')).toBe('owner')
  })

  it('by a link is forgotten with the session of the guest', async () => {
    const { guest } = await shared('sub')
    const id = await people.sessions.start(guest.id, here)
    now += 3 * days
    await people.accounts.createGuest('Guest 2', false)
    expect(roleOf(guest.id, 'sub')).toBe('editor')
    await people.sessions.end(people.sessions.find(id)?.key ?? '')
    await people.accounts.createGuest('Guest 3', false)
    expect(people.accounts.find(guest.id)).toBeNull()
  })

  it('by a link with a password asks for it', async () => {
    const { share } = await shared('sub', 'open sesame')
    expect(await people.shares.fits(share.id, 'open sesame')).toBe(true)
    expect(await people.shares.fits(share.id, 'Open Sesame')).toBe(false)
    expect(await people.shares.fits('unknown', '')).toBe(false)
  })
})

describe('throttle', () => {
  it('makes whoever guesses wait, and nobody else', async () => {
    const { throttle } = people
    for (let count = 0; count < 5; count++) expect(await throttle.begin('eva', 'a')).toBe(0)
    expect(await throttle.begin('eva', 'a')).toBe(15 * 60)
    expect(await throttle.begin('eva', 'b')).toBe(0)
    expect(await throttle.begin('adam', 'a')).toBe(0)
    now += 14 * minutes
    expect(await throttle.begin('eva', 'a')).toBe(60)
    now += minutes
    expect(await throttle.begin('eva', 'a')).toBe(0)
  })

  it('does not count what succeeded', async () => {
    const { throttle } = people
    for (let count = 0; count < 200; count++) {
      expect(await throttle.begin('eva', 'a')).toBe(0)
      await throttle.succeeded('eva', 'a')
    }
  })

  it('stops an address that tries many names, and many addresses that try one name', async () => {
    const { throttle } = people
    for (let count = 0; count < 30; count++) expect(await throttle.begin(`name ${count}`, 'a')).toBe(0)
    expect(await throttle.begin('another', 'a')).toBeGreaterThan(0)
    for (let count = 0; count < 100; count++) expect(await throttle.begin('eva', `address ${count}`)).toBe(0)
    expect(await throttle.begin('eva', 'fresh')).toBeGreaterThan(0)
  })

  it('counts the tries of all processes together, also of those made at once and before a restart', async () => {
    const other = open()
    const tries = Array.from({ length: 12 }, (_, count) =>
      (count % 2 === 0 ? people : other).throttle.begin('eva', 'a'),
    )
    expect((await Promise.all(tries)).filter((seconds) => seconds === 0)).toHaveLength(5)
    other.close()
    people.close()
    people = open()
    expect(await people.throttle.begin('eva', 'a')).toBe(15 * 60)
  })
})

describe('permissionWithin', () => {
  it('gives the lesser of role and bound', () => {
    expect(permissionWithin('owner', 'edit')).toBe('edit')
    expect(permissionWithin('editor', 'view')).toBe('view')
    expect(permissionWithin('viewer', 'edit')).toBe('view')
    expect(permissionWithin('commenter', 'edit')).toBe('comment')
    expect(permissionWithin('reviewer', 'comment')).toBe('comment')
    expect(permissionWithin('editor', 'fill')).toBe('fill')
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryHost } from '../../test/memory-host.js'
import type { Permission } from '../protocol/permission.js'
import { chooseOpening, editorAddress, type Intent, readClients } from './opening.js'

const fixture = (name: string) =>
  readFileSync(new URL(`../protocol/fixtures/${name}.xml`, import.meta.url), 'utf8')

/** A host with these clients, by the name of their discovery; `down` cannot be reached. */
function hostWith(...names: string[]) {
  return memoryHost({
    clients: names.map((name) => ({ url: `https://${name}.example` })),
    fetch: async (input) => {
      const name = new URL(String(input)).hostname.replace('.example', '')
      if (name === 'down') throw new TypeError('connection refused')
      return new Response(fixture(name))
    },
  }).host
}

async function opened(
  clients: string[],
  name: string,
  more: { intent?: Intent; rights?: Permission; size?: number; mobile?: boolean; lockedBy?: string } = {},
) {
  const host = hostWith(...clients)
  const { intent = 'edit', rights = 'edit', size = 100, mobile = false } = more
  const lockClient = more.lockedBy === undefined ? null : `https://${more.lockedBy}.example`
  const opening = chooseOpening(host, await readClients(host), {
    name,
    size,
    rights,
    intent,
    mobile,
    lockClient,
  })
  return opening && [new URL(opening.client.url).hostname, opening.action.name, opening.intent]
}

describe('who opens a document', () => {
  it('is the first client, in the order of configuration, that edits it', async () => {
    expect(await opened(['onlyoffice', 'collabora'], 'a.docx')).toEqual([
      'onlyoffice.example',
      'edit',
      'edit',
    ])
    expect(await opened(['collabora', 'onlyoffice'], 'A.DOCX')).toEqual(['collabora.example', 'edit', 'edit'])
  })

  it('passes over clients that cannot be reached, and says why', async () => {
    expect(await opened(['down', 'onlyoffice'], 'a.docx')).toEqual(['onlyoffice.example', 'edit', 'edit'])
    const { problems } = await readClients(hostWith('down'))
    expect(problems).toEqual([expect.stringContaining('https://down.example/hosting/discovery')])
  })

  it('is nobody for a format that no client knows, or without clients', async () => {
    expect(await opened(['onlyoffice'], 'a.unheard-of')).toBeNull()
    expect(await opened([], 'a.docx')).toBeNull()
  })

  it('fills an empty document from a template where the client has one', async () => {
    expect(await opened(['onlyoffice'], 'a.docx', { size: 0 })).toEqual([
      'onlyoffice.example',
      'editnew',
      'edit',
    ])
  })

  it('converts what can only be edited in another format, if the person may', async () => {
    expect(await opened(['onlyoffice'], 'a.doc')).toEqual(['onlyoffice.example', 'convert', 'convert'])
    expect(await opened(['onlyoffice'], 'a.doc', { rights: 'comment' })).toEqual([
      'onlyoffice.example',
      'view',
      'view',
    ])
  })

  it('shows to whoever may only look; with Collabora by its edit action, as it lists no other', async () => {
    expect(await opened(['onlyoffice'], 'a.docx', { rights: 'view' })).toEqual([
      'onlyoffice.example',
      'view',
      'view',
    ])
    expect(await opened(['collabora'], 'a.docx', { rights: 'view' })).toEqual([
      'collabora.example',
      'edit',
      'view',
    ])
  })

  it('lets a form be filled in by whoever may only do that', async () => {
    expect(await opened(['onlyoffice'], 'a.pdf', { rights: 'fill' })).toEqual([
      'onlyoffice.example',
      'formsubmit',
      'fill',
    ])
  })

  it('takes the actions for small screens', async () => {
    expect((await opened(['onlyoffice'], 'a.docx', { mobile: true }))?.[1]).toBe('mobileEdit')
  })
})

describe('who opens a document that is open already', () => {
  const both = ['onlyoffice', 'collabora']

  it('is the client that others have it open in, also to look at it', async () => {
    const lockedBy = 'collabora'
    expect(await opened(both, 'a.docx', { lockedBy })).toEqual(['collabora.example', 'edit', 'edit'])
    expect(await opened(both, 'a.docx', { lockedBy, intent: 'view' })).toEqual([
      'collabora.example',
      'edit',
      'view',
    ])
    // The other has an action for small screens; a session to join is worth more.
    expect(await opened(both, 'a.docx', { lockedBy, mobile: true })).toEqual([
      'collabora.example',
      'edit',
      'edit',
    ])
  })

  it('is another only to look at it, when that is the one that can be reached or was chosen', async () => {
    expect(await opened(['down', 'onlyoffice'], 'a.docx', { lockedBy: 'down' })).toEqual([
      'onlyoffice.example',
      'view',
      'view',
    ])
    const host = hostWith(...both)
    const clients = await readClients(host)
    const known = clients.known.filter(({ client }) => client.url === 'https://onlyoffice.example')
    const document = { name: 'a.docx', size: 1, rights: 'edit', intent: 'edit', mobile: false } as const
    const lockClient = 'https://collabora.example'
    const opening = chooseOpening(host, { ...clients, known }, { ...document, lockClient })
    expect([opening?.client.url, opening?.intent]).toEqual(['https://onlyoffice.example', 'view'])
  })

  it('is chosen as ever when its lock is of a client that is not configured', async () => {
    expect(await opened(both, 'a.docx', { lockedBy: 'gone' })).toEqual(['onlyoffice.example', 'edit', 'edit'])
  })
})

describe('the address of the editor', () => {
  it('carries the WOPISrc and the language, and no token', async () => {
    const host = hostWith('onlyoffice')
    const document = { name: 'a.docx', size: 1, rights: 'edit', intent: 'edit', mobile: false } as const
    const opening = chooseOpening(host, await readClients(host), document)
    if (!opening) throw new Error('nobody opens it')
    const page = { language: 'de', query: new URLSearchParams({ wdstate: '7', access_token: 'x' }) }
    const { actionUrl, clientOrigins } = editorAddress(host, 'doc', opening, page)
    const { origin, searchParams } = new URL(actionUrl)
    expect(clientOrigins).toContain(origin)
    expect(searchParams.get('wopisrc')).toBe(host.wopiSrc('doc'))
    expect([searchParams.get('ui'), searchParams.get('wdstate')]).toEqual(['de', '7'])
    expect(actionUrl).not.toContain('access_token')
  })
})

import type { ServerContext } from '../context.js'
import { asWritten, settingNames } from '../settings.js'
import { fileIdIn } from '../version-source.js'
import { json } from './answers.js'
import { sessionsView } from './people.js'
import { personRoute, type Route } from './route.js'
import { type AdminView, adminSchema } from './schemas.js'

/** How the server is doing, for administrators. */
export const adminRoutes: readonly Route[] = [
  personRoute({
    method: 'GET',
    path: '/admin',
    audience: 'admins',
    summary: 'Clients and their state, storage, sessions, recent refusals with their reason, and settings.',
    answer: { status: 200, description: 'How the server is doing.', content: adminSchema },
    async run({ context, visitor }) {
      const view: AdminView = {
        clients: clientsOf(context),
        storage: context.library.storage(),
        sessions: sessionsView(context, visitor),
        refusals: refusalsOf(context),
        settings: settingsOf(context),
      }
      return json(view)
    },
  }),
]

function clientsOf({ host }: ServerContext): AdminView['clients'] {
  return host.clients.list.map(({ name, url, state: { discovery, readAt, problem } }) => {
    const actions = new Map<string, Set<string>>()
    for (const { extension, name: action } of discovery?.zones.flatMap((zone) => zone.actions) ?? []) {
      if (extension === '') continue
      actions.set(extension, (actions.get(extension) ?? new Set()).add(action))
    }
    return {
      name,
      url,
      reachable: discovery !== null && problem === null,
      readAt,
      problem,
      proofKey: discovery !== null && discovery.proofKeys !== null,
      extensions: [...actions].map(([ext, names]) => ({ ext, actions: [...names] })),
    }
  })
}

function refusalsOf({ activity, library, people }: ServerContext): AdminView['refusals'] {
  return activity.refusals.list().map(({ userId, ...refusal }) => {
    const { fileId } = refusal
    const name = fileId === null ? null : (library.tree.path(fileIdIn(fileId)).at(-1)?.name ?? null)
    return {
      ...refusal,
      name,
      user: userId === null ? null : (people?.accounts.find(userId)?.name ?? userId),
    }
  })
}

/** No setting is a secret; a URL may have one in it all the same. */
function settingsOf({ settings }: ServerContext): AdminView['settings'] {
  return Object.fromEntries(
    settingNames.map((name) => {
      const value = asWritten(name, settings[name])
      const isPlain = typeof value === 'number' || typeof value === 'boolean'
      return [name, isPlain ? value : String(value).replaceAll(/\/\/[^/@\s]+@/g, '//…@')]
    }),
  )
}

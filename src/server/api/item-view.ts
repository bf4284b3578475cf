import { itemName } from '../../drivers/folder/index.js'
import { chooseOpening, type Opening } from '../../host/opening.js'
import { documentState } from '../activity/document-state.js'
import type { ServerContext } from '../context.js'
import { clientsByNow } from '../pages/clients-by-now.js'
import { rightsOf } from '../people/rights.js'
import { thumbnailAddress } from '../thumbnails/thumbnails.js'
import type { LockView } from './api-error.js'
import { folderIdOf, type Reach, type Reached } from './reach.js'
import type { ItemView } from './schemas.js'

/** Shows items, with what is looked up once for all items of an answer. */
export interface ItemViewer {
  view(reached: Reached): ItemView
}

/** @param request tells by its device which actions open a document there. */
export async function itemViewer(
  context: ServerContext,
  reach: Reach,
  request: Request,
): Promise<ItemViewer> {
  const { activity, host, library, base } = context
  const now = context.now()
  const clients = await clientsByNow(host)
  const openings = new Map<string, Openings>()

  function openingsOf({ item, role, chain }: Reached, lockClient: string | null): Openings {
    const name = itemName(item)
    const rights = rightsOf(role, reach.mayChangeFolderOf(chain))
    // Most of a folder is of few types.
    const extension = name.slice(name.lastIndexOf('.')).toLowerCase()
    const key = JSON.stringify([extension, item.size === 0, rights, lockClient])
    const before = openings.get(key)
    if (before) return before
    const mobile = isMobile(request)
    const document = { name, size: item.size, rights, intent: 'edit' as const, mobile, lockClient }
    const found = {
      first: chooseOpening(host, clients, document),
      all: clients.known.flatMap(
        (client) => chooseOpening(host, { ...clients, known: [client] }, document) ?? [],
      ),
    }
    openings.set(key, found)
    return found
  }

  return {
    view(reached) {
      const { item, role } = reached
      const isFile = item.kind === 'file'
      const lock = isFile ? library.locks.held(item.id, now) : null
      const { first, all } = isFile ? openingsOf(reached, lock?.client ?? null) : noOpenings
      return {
        id: item.id,
        kind: item.kind,
        name: itemName(item),
        size: item.size,
        modifiedAt: item.modifiedAt,
        ...(isFile ? { version: String(item.version) } : {}),
        lock: lock ? lockView(lock) : null,
        role,
        suspicious: isFile
          ? (library.versions.find(item.id, String(item.version))?.suspicious ?? null)
          : null,
        rescuedCount: isFile ? library.rescued.list(item.id).length : 0,
        open: first && openingView(first),
        ...(all.length > 1 ? { openWith: all.map(openingView) } : {}),
        thumbnail: thumbnailAddress(item, base),
        folderId: folderIdOf(reach, reached),
        ...(isFile ? stateView(documentState(activity, item.id, lock, now)) : { people: [], saving: false }),
      }
    },
  }
}

interface Openings {
  readonly first: Opening | null
  readonly all: readonly Opening[]
}

const noOpenings: Openings = { first: null, all: [] }

/** A client is told by its name: where it is inside the network is nobody's business. */
export function openingView({ intent, client }: Opening) {
  return { intent, client: client.name }
}

function stateView({ people, saving }: ReturnType<typeof documentState>) {
  return { people: [...people], saving }
}

/** Whether the person holds the device in the hand. */
export function isMobile(request: Request): boolean {
  return /\bMobi/.test(request.headers.get('user-agent') ?? '')
}

export function lockView(lock: {
  readonly userName: string
  readonly acquiredAt: number
  readonly expiresAt: number
}): LockView {
  return { userName: lock.userName, since: lock.acquiredAt, until: lock.expiresAt }
}

import { createHash } from 'node:crypto'
import { type Language, languageFrom } from './language.js'
import type { People } from './people/people.js'
import { isSame, newSecret } from './people/secret.js'
import type { Sender, Session } from './people/sessions.js'

/** Whoever sent a request. */
export interface Visitor {
  /** Null = nobody has signed in. */
  readonly person: VisitingPerson | null
  /** Null for strangers, and where nobody signs in. */
  readonly session: Session | null
  readonly language: Language
  /** What a request that changes something must carry; changes with the session. */
  readonly csrf: string
  /** A cookie to be set with the answer; null when the browser has what it needs. */
  readonly newCookie: string | null
  readonly sender: Sender
}

export interface VisitingPerson {
  readonly id: string
  readonly name: string
  readonly admin: boolean
  /** Whether they came by a link and have no account. */
  readonly guest: boolean
  /** False for guests who have not said what they are called. */
  readonly named: boolean
}

/** Tells who sent a request, by its cookie. */
export interface Door {
  identify(request: Request, sender: Sender): Visitor
  /** The same visitor with a session that has just begun, and the cookie for it. */
  withSession(visitor: Visitor, sessionId: string): { readonly visitor: Visitor; readonly cookie: string }
  /** Takes the cookie of a session that has ended back. */
  expiredCookie(): string
  languageCookie(language: Language): string
  /** Whether the request carries what only a page of ours can know. */
  isOurs(request: Request, visitor: Visitor): boolean
}

const YEAR_S = 365 * 24 * 60 * 60
const LANGUAGE_COOKIE = 'wopikit_language'
const LANGUAGE_HEADER = 'accept-language'

/** The id of the person of a server where nobody signs in. */
export const SINGLE_PERSON_ID = 'owner'

/**
 * @param people null = one person, who needs not sign in.
 * @param publicUrl where browsers reach us: cookies are only for there.
 */
export function createDoor(people: People | null, publicUrl: string): Door {
  const { protocol, pathname, port } = new URL(publicUrl)
  const path = pathname.endsWith('/') ? pathname : `${pathname}/`
  const secure = protocol === 'https:'
  // Browsers keep a cookie of the first prefix from being set by anybody else; it cannot be bound to a path. Plain http has no such
  // protection, and its cookies are seen by all ports of a machine: each server has its own.
  const name = secure
    ? `${path === '/' ? '__Host-' : '__Secure-'}wopikit_session`
    : `wopikit_session_${port || '80'}`
  const attributes = `; Path=${path}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`

  function personOf(session: Session | null): VisitingPerson | null {
    const account = session && people?.accounts.find(session.personId)
    if (!account || account.disabled) return null
    const { id, name, admin, named, signInName } = account
    return { id, name, admin, named, guest: signInName === null }
  }

  function visitorWith(id: string, language: Language, sender: Sender): Visitor {
    const session = people?.sessions.find(id) ?? null
    const person = people ? personOf(session) : singlePerson(language)
    return {
      person,
      session: person ? session : null,
      language,
      csrf: createHash('sha256').update(`csrf ${id}`).digest('base64url'),
      newCookie: null,
      sender,
    }
  }

  return {
    identify(request, sender) {
      const cookies = cookiesOf(request)
      const language = languageFrom(cookies.get(LANGUAGE_COOKIE), request.headers.get(LANGUAGE_HEADER))
      const given = cookies.get(name) ?? ''
      if (!/^[\w-]{43}$/.test(given)) {
        const id = newSecret()
        return { ...visitorWith(id, language, sender), newCookie: `${name}=${id}${attributes}` }
      }
      const visitor = visitorWith(given, language, sender)
      if (visitor.session) void people?.sessions.touch(visitor.session, sender).catch(() => {})
      return visitor
    },
    withSession: ({ language, sender }, sessionId) => ({
      visitor: visitorWith(sessionId, language, sender),
      cookie: `${name}=${sessionId}${attributes}; Max-Age=${YEAR_S}`,
    }),
    expiredCookie: () => `${name}=${attributes}; Max-Age=0`,
    languageCookie: (language) => `${LANGUAGE_COOKIE}=${language}${attributes}; Max-Age=${YEAR_S}`,
    isOurs: (request, visitor) => isSame(request.headers.get('x-wopikit-csrf') ?? '', visitor.csrf),
  }
}

function singlePerson(language: Language): VisitingPerson {
  const name = language === 'en' ? 'Owner' : '所有者'
  return { id: SINGLE_PERSON_ID, name, admin: true, guest: false, named: true }
}

function cookiesOf(request: Request): Map<string, string> {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => {
    const equals = pair.indexOf('=')
    return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const
  })
  // Of two cookies of one name the browser sends the one for the longer path first, which is ours.
  return new Map(pairs.reverse())
}

import { openPeople } from './people.js'

/**
 * The token of a one-time link by which the first account is made; null when there is somebody already who looks after the server. Earlier ones end,
 * so this is for one process to ask, at the start.
 */
export async function firstLinkToken(data: string): Promise<string | null> {
  const people = openPeople({ data, durability: 'process-crash', chainOf: () => null })
  try {
    return people.accounts.hasAdmin() ? null : await people.links.make(null)
  } finally {
    people.close()
  }
}

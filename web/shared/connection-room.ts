/*
 * Browsers allow a site six connections over HTTP/1.1, for all its tabs together. A page that listens for events takes one for as long as it is
 * open, so that the seventh would never load. The pages of a browser tell one another, and those that nobody looks at make room.
 */

/** A page of this browser, as the others know it. */
export interface OpenPage {
  readonly id: string
  /** Since when nobody looks at it, in milliseconds since 1970; null while somebody does. */
  readonly hiddenSince: number | null
  readonly connected: boolean
}

/** Two of the six are left for everything else. */
const MOST_CONNECTIONS = 4

/** Whether a page should give its connection back: there are too many, and nobody has looked at it for longest. */
export function shouldRest(own: OpenPage, others: readonly OpenPage[]): boolean {
  const { hiddenSince } = own
  if (!own.connected || hiddenSince === null) return false
  const connected = others.filter((page) => page.connected)
  const longerHidden = connected.filter(
    (page) =>
      page.hiddenSince !== null &&
      (page.hiddenSince < hiddenSince || (page.hiddenSince === hiddenSince && page.id < own.id)),
  )
  return connected.length + 1 - longerHidden.length > MOST_CONNECTIONS
}

/** A `%2f`, `%5c`, `%2e` or `%00` that some server might decode into another path. */
const DISGUISED = /%(?:2f|5c|2e|00)/i

/**
 * Decides which WOPISrc the editor may call. Without it, anybody who can open the editor's page could make this server send
 * requests to addresses inside its network.
 *
 * @param allowedHosts URL prefixes, such as `https://files.example.org/wopi/`; origin and whole path segments must match
 * @returns a function that gives the address to call, or null when it is not allowed
 * @throws Error naming the prefix that is not an http(s) URL without user, query and fragment
 */
export function wopiSrcGuard(allowedHosts: readonly string[]): (wopiSrc: string) => string | null {
  const allowed = allowedHosts.map((host) => {
    const url = plainWebUrl(host)
    if (!url) {
      throw new Error(
        `The text editor cannot allow "${host}": an http or https URL without user, query and fragment is expected.`,
      )
    }
    return { origin: url.origin, path: url.pathname.replace(/\/*$/, '/') }
  })
  return (wopiSrc) => {
    const url = plainWebUrl(wopiSrc)
    if (!url || DISGUISED.test(url.pathname)) return null
    const inside = ({ origin, path }: { origin: string; path: string }) =>
      url.origin === origin && url.pathname.startsWith(path) && url.pathname.length > path.length
    return allowed.some(inside) ? url.href : null
  }
}

function plainWebUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const plain = url.username === '' && url.password === '' && !/[?#]/.test(text)
  return plain && /^https?:$/.test(url.protocol) ? url : null
}

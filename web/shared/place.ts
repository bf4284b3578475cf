/** Where the pages lie: the path prefix of the public URL, which the server writes into the page; '' at the root of a host. */
export const base = document.body.dataset.base ?? ''

/** The address of one of our own pages. */
export const pages = {
  root: () => `${base}/`,
  folder: (id: string) => `${base}/folder/${id}`,
  document: (id: string, choice: { action?: string; client?: string } = {}) => {
    const query = new URLSearchParams(choice).toString()
    return `${base}/open/${id}${query && `?${query}`}`
  },
  version: (id: string, version: string) => `${base}/open/${id}?version=${version}`,
  bin: () => `${base}/bin`,
  rescued: () => `${base}/rescued`,
  people: () => `${base}/people`,
  admin: () => `${base}/admin`,
  signIn: (next = '') => `${base}/sign-in${next && `?next=${encodeURIComponent(next)}`}`,
}

/** The address of something the API gives, for links, images and frames. */
export function apiAddress(path: string): string {
  return `${base}/api${path}`
}

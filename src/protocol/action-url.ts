/** What goes into an action URL beside the template. */
export interface ActionUrlOptions {
  /** The address of the file for the client: `https://host/prefix/wopi/files/{id}`, without query and without token. */
  readonly wopiSrc: string
  /** Language of the client's interface, such as `de-DE`. */
  readonly language?: string
  /** Language the content is formatted in: dates, decimal points, spelling. */
  readonly contentLocale?: string
  readonly theme?: 'light' | 'dark'
  readonly disableChat?: boolean
  /** The page stands inside another one. */
  readonly embedded?: boolean
  readonly fullscreen?: boolean
  readonly recording?: boolean
  /** Microsoft: no link to a joint presentation. */
  readonly disableBroadcast?: boolean
  /** Microsoft: no link that lets others view the presentation in their own time. */
  readonly disableAsync?: boolean
  /** Microsoft: whether the person has a licence for work. */
  readonly businessUser?: boolean
  /** Any text of the host's; clients send it back with CheckFileInfo as `X-WOPI-SessionContext`. */
  readonly sessionContext?: string
  /** The host's own id of this session, for the logs of both sides. */
  readonly hostSessionId?: string
  /** Microsoft's validator: which group of tests to run. */
  readonly validatorTestCategory?: string
  /** The query of the host page's own URL. Its `wd*` parameters, a client's session state, are passed on; no others. */
  readonly query?: URLSearchParams
}

/** Longer URLs break somewhere on the way. */
const MAX_URL_BYTES = 2048

/** What each placeholder stands for; undefined = nothing to say, so its whole parameter goes. */
const valueFor: Readonly<Record<string, (options: ActionUrlOptions) => string | undefined>> = {
  UI_LLCC: (options) => options.language,
  DC_LLCC: (options) => options.contentLocale,
  WOPI_SOURCE: (options) => options.wopiSrc,
  THEME_ID: ({ theme }) => theme && (theme === 'light' ? '1' : '2'),
  DISABLE_CHAT: (options) => (options.disableChat ? '1' : undefined),
  EMBEDDED: (options) => (options.embedded ? 'true' : undefined),
  FULLSCREEN: (options) => (options.fullscreen ? 'true' : undefined),
  RECORDING: (options) => (options.recording ? 'true' : undefined),
  DISABLE_BROADCAST: (options) => (options.disableBroadcast ? 'true' : undefined),
  DISABLE_ASYNC: (options) => (options.disableAsync ? 'true' : undefined),
  BUSINESS_USER: ({ businessUser }) => (businessUser === undefined ? undefined : businessUser ? '1' : '0'),
  SESSION_CONTEXT: (options) => options.sessionContext,
  HOST_SESSION_ID: (options) => options.hostSessionId,
  VALIDATOR_TEST_CATEGORY: (options) => options.validatorTestCategory,
}

/** A placeholder, one of a form nobody has described, or a stray bracket. */
const BRACKETED = /<([^<>=&]+)=([A-Z_]+)&?>|<[^<>]*>|[<>]/g

/**
 * Makes the URL to which the host page posts the token, from the `urlsrc` of an action in discovery.
 *
 * Each `<name=PLACEHOLDER&>` becomes `name=value&`, or nothing when we do not know the placeholder or have no value. A
 * template that does not ask for the WOPISrc (Collabora Online, older ONLYOFFICE Docs) has it appended, and the language
 * likewise as `lang`. The token is never part of this URL.
 *
 * @throws TypeError if the WOPISrc carries a query or a fragment: clients append their own query to it unseen.
 * @throws RangeError if the URL would be longer than 2048 bytes.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/discovery#placeholder-values
 */
export function buildActionUrl(urlsrc: string, options: ActionUrlOptions): string {
  if (/[?#]/.test(options.wopiSrc)) {
    throw new TypeError(
      `The WOPISrc ${options.wopiSrc} carries a query or a fragment. Expected the plain address of the file: ` +
        'clients append "?access_token=…" and "/contents?access_token=…" to it.',
    )
  }
  const [address = '', ...queries] = (urlsrc.split('#', 1)[0] ?? '').split('?')
  const template = queries.join('&')
  const asksFor = new Set<string>()
  const filled = template.replace(BRACKETED, (_, name?: string, placeholder?: string) => {
    if (placeholder === undefined) return ''
    asksFor.add(placeholder)
    const value = Object.hasOwn(valueFor, placeholder) ? valueFor[placeholder]?.(options) : undefined
    return value === undefined ? '' : `&${name}=${encodeURIComponent(value)}&`
  })

  const parameters = filled.split('&')
  if (!asksFor.has('WOPI_SOURCE')) parameters.push(`WOPISrc=${encodeURIComponent(options.wopiSrc)}`)
  if (!asksFor.has('UI_LLCC') && options.language !== undefined) {
    parameters.push(`lang=${encodeURIComponent(options.language)}`)
  }
  for (const [name, value] of options.query ?? []) {
    if (name.startsWith('wd')) parameters.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  }
  // Templates end in "?" or "&", and leave "&&" where a placeholder went.
  const url = `${address.replace(BRACKETED, '')}?${parameters.filter((parameter) => parameter !== '').join('&')}`

  const length = new TextEncoder().encode(url).length
  if (length > MAX_URL_BYTES) {
    throw new RangeError(
      `The action URL for ${options.wopiSrc} would be ${length} bytes long, at most ${MAX_URL_BYTES} are allowed. ` +
        "Shorten the host's public URL, the session context or the wd… parameters of the page's own URL.",
    )
  }
  return url
}

/** What the host's page may ask of the editor. */
export interface HostRequests {
  readonly focus: () => void
  readonly blur: () => void
  /** Resolves to whether everything is saved. */
  readonly save: (onlyIfChanged: boolean) => Promise<boolean>
  readonly close: () => void
  readonly renewToken: (token: string) => void
  /** The page around the editor shows this itself: `rename`, `share`, `versions`, `edit`, `close`, `download` or `status`. */
  readonly hide: (id: string) => void
}

export interface HostMessages {
  /** Sends a message, if the host takes any. */
  post(id: string, values?: Readonly<Record<string, unknown>>): void
}

export interface HostMessagesOptions {
  /** The window to hear from; its parent is the one to talk to. */
  readonly window: Pick<Window, 'parent' | 'addEventListener'>
  /** The host page's origin as the host itself names it; empty: no messages at all, as nobody else may hear or speak. */
  readonly origin: string
  readonly language: string
  readonly session: string
  readonly now: () => number
}

/**
 * Talks with the host's page around the editor, in the dialect of ONLYOFFICE, and understands the requests Collabora knows as well.
 * Messages are JSON texts; anything else that arrives, and anything from another origin or window, is ignored.
 *
 * @see https://api.onlyoffice.com/docs/docs-api/using-wopi/postmessage/
 * @see https://sdk.collaboraonline.com/docs/postmessage_api.html
 */
export function listenToHost(options: HostMessagesOptions, requests: HostRequests): HostMessages {
  const { window, origin } = options
  const { parent } = window
  if (origin === '' || parent === window) return { post: () => {} }

  const post: HostMessages['post'] = (id, values = {}) => {
    const common = { 'ui-language': options.language, wdUserSession: options.session }
    const message = { MessageId: id, SendTime: options.now(), Values: { ...values, ...common } }
    parent.postMessage(JSON.stringify(message), origin)
  }

  window.addEventListener('message', (event) => {
    if (event.origin !== origin || event.source !== parent) return
    const message = parseMessage(event.data)
    if (message) void react(message, requests, post)
  })
  return { post }
}

interface Message {
  readonly id: string
  readonly values: Readonly<Record<string, unknown>>
}

function parseMessage(data: unknown): Message | null {
  if (typeof data !== 'string') return null
  try {
    const message: unknown = JSON.parse(data)
    if (typeof message !== 'object' || message === null || !('MessageId' in message)) return null
    const values = 'Values' in message && typeof message.Values === 'object' ? message.Values : null
    return { id: String(message.MessageId), values: { ...values } }
  } catch {
    return null
  }
}

async function react({ id, values }: Message, requests: HostRequests, post: HostMessages['post']) {
  switch (id) {
    case 'Grab_Focus':
      return requests.focus()
    case 'Blur_Focus':
      return requests.blur()
    case 'Action_Close':
      return requests.close()
    case 'Hide_Button':
      return typeof values.id === 'string' && requests.hide(values.id)
    case 'Reset_Access_Token':
      return typeof values.token === 'string' && values.token !== '' && requests.renewToken(values.token)
    case 'Action_Save': {
      const success = await requests.save(values.DontSaveIfUnmodified === true)
      return values.Notify === true && post('Action_Save_Resp', { success })
    }
  }
}

import { type EditorMessage, type HostMessage, hostMessage, parseEditorMessage } from './post-message.js'

/** A handler per kind of message; what has none is dropped. */
export type EditorHandlers = {
  readonly [Kind in EditorMessage['kind']]?: (message: Extract<EditorMessage, { kind: Kind }>) => void
}

/** The part of an `<iframe>` that a connection needs. */
export interface EditorFrame {
  readonly contentWindow: { postMessage(message: string, targetOrigin: string): void } | null
  addEventListener(type: 'load', listener: () => void): void
  removeEventListener(type: 'load', listener: () => void): void
}

/** The part of the page's `window` that a connection needs. */
export interface MessageReceiver {
  addEventListener(type: 'message', listener: (event: ReceivedMessage) => void): void
  removeEventListener(type: 'message', listener: (event: ReceivedMessage) => void): void
}

/** The part of a browser's `MessageEvent` that a connection needs. */
export interface ReceivedMessage {
  readonly data: unknown
  readonly origin: string
  readonly source: unknown
}

/** What is connected, and who is told what the editor says. */
export interface EditorConnectionOptions {
  /** The editor's frame. It must be in the page, and the form not yet submitted into it. */
  readonly frame: EditorFrame
  /** Scheme, host and port of the action URL, such as `https://docs.example.com`. */
  readonly editorOrigin: string
  /** The page's own window, which is also the default. */
  readonly window?: MessageReceiver
  readonly handlers: EditorHandlers
}

/** The wire between a host page and the editor in it. */
export interface EditorConnection {
  /** Posts to the editor, and to nobody else. Waits until the editor has shown that it listens. */
  send(message: HostMessage): void
  /** Stops listening; what is still waiting is dropped. */
  close(): void
}

/**
 * Connects a host page with the editor in its frame. Runs in the browser, **before** the form is submitted into the
 * frame, so that no message is missed.
 *
 * Only messages of that very frame from that very origin are heard. `Host_PostmessageReady`, without which Microsoft's
 * editor says nothing and Collabora Online hears nothing, is sent whenever the frame has loaded and in answer to each
 * loading status; repeating it does no harm.
 *
 * @throws TypeError if `editorOrigin` is not exactly an origin; `*` above all, since tokens may go this way.
 */
export function connectEditor(options: EditorConnectionOptions): EditorConnection {
  const { frame, editorOrigin, handlers } = options
  const receiver: MessageReceiver = options.window ?? window
  if (!URL.canParse(editorOrigin) || new URL(editorOrigin).origin !== editorOrigin) {
    throw new TypeError(
      `editorOrigin is "${editorOrigin}", expected scheme, host and port of the editor alone, ` +
        'such as "https://docs.example.com", without a path and without a slash at the end.',
    )
  }
  let isListening = false
  const waiting: HostMessage[] = []

  function post(message: HostMessage): void {
    frame.contentWindow?.postMessage(hostMessage(message), editorOrigin)
  }

  function onLoad(): void {
    post({ kind: 'postmessage-ready' })
  }

  function onMessage(event: ReceivedMessage): void {
    if (event.origin !== editorOrigin || event.source === null || event.source !== frame.contentWindow) return
    const message = parseEditorMessage(event.data)
    if (message === null) return
    if (message.kind === 'loading-status') {
      post({ kind: 'postmessage-ready' })
      isListening = true
      for (const queued of waiting.splice(0)) post(queued)
    }
    // The type of the record says that the handler fits the kind; the compiler cannot follow it through the lookup.
    const handle = handlers[message.kind] as ((message: EditorMessage) => void) | undefined
    handle?.(message)
  }

  receiver.addEventListener('message', onMessage)
  frame.addEventListener('load', onLoad)
  return {
    send(message) {
      if (isListening) post(message)
      else waiting.push(message)
    },
    close() {
      receiver.removeEventListener('message', onMessage)
      frame.removeEventListener('load', onLoad)
      waiting.length = 0
    },
  }
}

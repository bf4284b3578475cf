import { decodeFrame, encodeFrame, FRAME_TYPE, type Target } from '../../src/editor/editor-api.js'
import type { Call } from './session-ports.js'

/** Browsers let a page that goes away send 64 KiB; the frame's first line and other requests under way need some of it. */
export const MAX_LAST_SAVE_BYTES = 48 * 1024

/**
 * Calls to the editor's server. The target is asked for anew each time, because its token may have been renewed.
 * Small saves are sent so that they arrive even when the page is closed meanwhile.
 */
export function createCalls(target: () => Target): Call {
  return async (name, ask, content = new Uint8Array()) => {
    const frame = encodeFrame({ target: target(), ask }, content)
    try {
      const response = await fetch(`api/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': FRAME_TYPE },
        body: frame,
        cache: 'no-store',
        keepalive: name === 'save' && content.length <= MAX_LAST_SAVE_BYTES,
      })
      if (!response.ok) return failed('host-error', await explanation(response))
      const answer = decodeFrame(new Uint8Array(await response.arrayBuffer()))
      // The server is ours and of the same build: its answer has the type of the call.
      return { answer: answer.head as never, content: answer.content }
    } catch {
      return failed('unreachable', '')
    }
  }
}

/** The last request of a page. Nobody waits for its answer. */
export function sendAsPageGoes(target: Target, ask: object, content: Uint8Array): void {
  const body = encodeFrame({ target, ask }, content)
  void fetch('api/close', {
    method: 'POST',
    headers: { 'Content-Type': FRAME_TYPE },
    body,
    keepalive: true,
  }).catch(() => {})
}

function failed(code: 'host-error' | 'unreachable', reason: string) {
  return { answer: { ok: false, code, reason } as const, content: new Uint8Array() }
}

async function explanation(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null)
  return typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : ''
}

import { expect, test } from 'vitest'
import { type HostRequests, listenToHost } from './host-messages.js'

const HOST = 'https://files.example.org'

/** Two windows that hear each other as browsers have it. */
function frameInHost(origin = HOST) {
  const sent: { message: unknown; targetOrigin: string }[] = []
  const asked: string[] = []
  const parent = {
    postMessage: (message: string, targetOrigin: string) =>
      sent.push({ message: JSON.parse(message), targetOrigin }),
  } as unknown as Window
  let hear: (event: MessageEvent) => void = () => {}
  const window = {
    parent,
    addEventListener: (_: string, listener: (event: MessageEvent) => void) => {
      hear = listener
    },
  } as unknown as Window
  const requests: HostRequests = {
    focus: () => asked.push('focus'),
    blur: () => asked.push('blur'),
    save: async (onlyIfChanged) => asked.push(`save ${onlyIfChanged}`) > 0,
    close: () => asked.push('close'),
    hide: (id) => asked.push(`hide ${id}`),
    renewToken: (token) => asked.push(`token ${token}`),
  }
  const messages = listenToHost({ window, origin, language: 'en', session: 's-1', now: () => 1000 }, requests)
  const say = (data: unknown, from: { origin?: string; source?: unknown } = {}) =>
    hear({ origin: HOST, source: parent, ...from, data } as MessageEvent)
  return { messages, sent, asked, say }
}

test('messages go to the named origin alone, as the JSON texts ONLYOFFICE sends', () => {
  const { messages, sent } = frameInHost()
  messages.post('File_Rename', { NewName: 'report' })
  expect(sent).toEqual([
    {
      message: {
        MessageId: 'File_Rename',
        SendTime: 1000,
        Values: { NewName: 'report', 'ui-language': 'en', wdUserSession: 's-1' },
      },
      targetOrigin: HOST,
    },
  ])
})

test('without an origin nothing is said', () => {
  const { messages, sent } = frameInHost('')
  messages.post('UI_Close')
  expect(sent).toEqual([])
})

test('requests of the host’s page are carried out', async () => {
  const { say, asked, sent } = frameInHost()
  say(JSON.stringify({ MessageId: 'Host_PostmessageReady' }))
  say(JSON.stringify({ MessageId: 'Grab_Focus' }))
  say(JSON.stringify({ MessageId: 'Blur_Focus', Values: null }))
  say(JSON.stringify({ MessageId: 'Action_Save', Values: { DontSaveIfUnmodified: true, Notify: true } }))
  say(JSON.stringify({ MessageId: 'Action_Close' }))
  say(JSON.stringify({ MessageId: 'Reset_Access_Token', Values: { token: 'new' } }))
  say(JSON.stringify({ MessageId: 'Hide_Button', Values: { id: 'share' } }))
  await expect.poll(() => sent.length).toBe(1)
  expect(asked).toEqual(['focus', 'blur', 'save true', 'close', 'token new', 'hide share'])
  expect(sent[0]?.message).toMatchObject({ MessageId: 'Action_Save_Resp', Values: { success: true } })
})

test('nobody else is listened to, and nonsense is harmless', () => {
  const { say, asked } = frameInHost()
  const close = JSON.stringify({ MessageId: 'Action_Close' })
  say(close, { origin: 'https://evil.example' })
  say(close, { source: {} })
  for (const data of [
    { MessageId: 'Action_Close' },
    'nonsense',
    'null',
    '[]',
    '"x"',
    '{"MessageId":"Reset_Access_Token"}',
    '{"MessageId":"Hide_Button"}',
  ]) {
    say(data)
  }
  expect(asked).toEqual([])
})

import { describe, expect, it } from 'vitest'
import {
  connectEditor,
  type EditorConnection,
  type EditorFrame,
  type EditorHandlers,
  type MessageReceiver,
  type ReceivedMessage,
} from './editor-connection.js'

const editorOrigin = 'https://docs.example.test'

/** A page with a frame, as far as a connection sees it. */
function page(handlers: EditorHandlers = {}) {
  const loadListeners = new Set<() => void>()
  const messageListeners = new Set<(event: ReceivedMessage) => void>()
  const sent: { messageId: string; values: unknown; targetOrigin: string }[] = []
  const contentWindow = {
    postMessage(message: string, targetOrigin: string) {
      const { MessageId, Values } = JSON.parse(message)
      sent.push({ messageId: MessageId, values: Values, targetOrigin })
    },
  }
  const frame: EditorFrame = {
    contentWindow,
    addEventListener: (_, listener) => loadListeners.add(listener),
    removeEventListener: (_, listener) => loadListeners.delete(listener),
  }
  const receiver: MessageReceiver = {
    addEventListener: (_, listener) => messageListeners.add(listener),
    removeEventListener: (_, listener) => messageListeners.delete(listener),
  }
  const connection: EditorConnection = connectEditor({ frame, editorOrigin, window: receiver, handlers })
  return {
    connection,
    sent,
    contentWindow,
    load() {
      for (const listener of loadListeners) listener()
    },
    receive(messageId: string, values: unknown = {}, event: Partial<ReceivedMessage> = {}) {
      const data = JSON.stringify({ MessageId: messageId, Values: values })
      for (const listener of messageListeners)
        listener({ data, origin: editorOrigin, source: contentWindow, ...event })
    },
    names: () => sent.map(({ messageId }) => messageId),
  }
}

describe('connectEditor', () => {
  it('hands each message to the handler of its kind', () => {
    const heard: unknown[] = []
    const { receive } = page({
      rename: ({ newName }) => heard.push(newName),
      close: () => heard.push('close'),
    })
    receive('File_Rename', { NewName: 'Bericht' })
    receive('UI_Sharing')
    receive('UI_Close')
    expect(heard).toEqual(['Bericht', 'close'])
  })

  it('hears only this frame from this origin', () => {
    const heard: unknown[] = []
    const { receive } = page({ close: (message) => heard.push(message) })
    receive('UI_Close', {}, { origin: 'https://evil.example.test' })
    receive('UI_Close', {}, { origin: 'http://docs.example.test' })
    receive('UI_Close', {}, { origin: `${editorOrigin}:8443` })
    receive('UI_Close', {}, { source: { postMessage() {} } })
    receive('UI_Close', {}, { source: null })
    receive('UI_Close', {}, { data: 'noise' })
    expect(heard).toEqual([])
  })

  it('says that it is ready when the frame has loaded, and again when the editor reports its status', () => {
    const { load, receive, names } = page()
    expect(names()).toEqual([])
    load()
    expect(names()).toEqual(['Host_PostmessageReady'])
    receive('App_LoadingStatus', { Status: 'Frame_Ready' })
    expect(names()).toEqual(['Host_PostmessageReady', 'Host_PostmessageReady'])
  })

  it('sends nothing before the editor listens, then all in order after the ready message', () => {
    const { connection, load, receive, names } = page()
    connection.send({ kind: 'save' })
    load()
    connection.send({ kind: 'print' })
    expect(names()).toEqual(['Host_PostmessageReady'])
    receive('App_LoadingStatus', { Status: 'Frame_Ready' })
    connection.send({ kind: 'close' })
    expect(names().slice(1)).toEqual(['Host_PostmessageReady', 'Action_Save', 'Action_Print', 'Action_Close'])
  })

  it('lets a handler answer at once, after what was waiting', () => {
    const page1 = page({
      'loading-status': () => page1.connection.send({ kind: 'other', messageId: 'Get_Views' }),
    })
    page1.connection.send({ kind: 'save' })
    page1.receive('App_LoadingStatus', { Status: 'Document_Loaded' })
    expect(page1.names()).toEqual(['Host_PostmessageReady', 'Action_Save', 'Get_Views'])
  })

  it('addresses every message to the editor alone', () => {
    const { connection, load, receive, sent } = page()
    load()
    receive('App_LoadingStatus', { Status: 'Document_Loaded' })
    connection.send({ kind: 'reset-access-token', token: 'secret' })
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(({ targetOrigin }) => targetOrigin))).toEqual(new Set([editorOrigin]))
  })

  it('hears and says nothing more once it is closed', () => {
    const heard: unknown[] = []
    const { connection, load, receive, sent } = page({ close: (message) => heard.push(message) })
    connection.send({ kind: 'save' })
    connection.close()
    load()
    receive('App_LoadingStatus', { Status: 'Document_Loaded' })
    receive('UI_Close')
    expect(heard).toEqual([])
    expect(sent).toEqual([])
  })

  it.each([
    '*',
    '',
    '/',
    'null',
    'docs.example.test',
    `${editorOrigin}/`,
    `${editorOrigin}/path`,
    `${editorOrigin}:443`,
  ])('refuses %j for an origin', (origin) => {
    const frame: EditorFrame = { contentWindow: null, addEventListener() {}, removeEventListener() {} }
    const receiver: MessageReceiver = { addEventListener() {}, removeEventListener() {} }
    expect(() => connectEditor({ frame, editorOrigin: origin, window: receiver, handlers: {} })).toThrow(
      /expected scheme, host and port of the editor alone/,
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HostMessage, hostMessage, nameAfterRename, parseEditorMessage } from './post-message.js'

function posted(messageId: string, values?: unknown): string {
  return JSON.stringify({ MessageId: messageId, SendTime: 1768478400000, Values: values })
}

describe('parseEditorMessage', () => {
  it.each([
    [
      'ONLYOFFICE Docs',
      { Status: 'Document_Loaded', DocumentLoadedTime: 1523, 'ui-language': 'de' },
      'document-loaded',
    ],
    ['Microsoft', { DocumentLoadedTime: 1768478400000 }, 'document-loaded'],
    ['Collabora Online, first', { Status: 'Initialized' }, 'initialized'],
    ['Collabora Online, then', { Status: 'Frame_Ready', Features: { VersionStates: true } }, 'frame-ready'],
    [
      'Collabora Online, at the end',
      { Status: 'Document_Loaded', DocumentLoadedTime: 1768478400000 },
      'document-loaded',
    ],
    ['Collabora Online, in trouble', { Status: 'Failed' }, 'failed'],
  ])('reads the loading status of %s', (_, values, status) => {
    expect(parseEditorMessage(posted('App_LoadingStatus', values))).toEqual({
      kind: 'loading-status',
      status,
    })
  })

  it.each([
    ['UI_Close', 'close'],
    ['UI_Edit', 'edit'],
    ['UI_Sharing', 'share'],
    ['UI_Share', 'share'],
    ['UI_FileVersions', 'versions'],
    ['Edit_Notification', 'edit-notification'],
    ['UI_InsertGraphic', 'insert-image'],
    ['UI_Save', 'save'],
    ['User_Idle', 'user-idle'],
    ['Session_Closed', 'session-closed'],
    ['Blur_Focus', 'blur-focus'],
    ['Grab_Focus', 'grab-focus'],
  ])('knows %s as %s, with and without values', (messageId, kind) => {
    expect(parseEditorMessage(posted(messageId, { 'ui-language': 'de', wdUserSession: 'x' }))).toEqual({
      kind,
    })
    expect(parseEditorMessage(posted(messageId))).toEqual({ kind })
  })

  it.each([
    ['File_Rename', { NewName: 'Bericht' }, { kind: 'rename', newName: 'Bericht' }],
    ['UI_SaveAs', { format: 'pdf' }, { kind: 'save-as', format: 'pdf' }],
    ['UI_SaveAs', { args: { format: 'odt' } }, { kind: 'save-as', format: 'odt' }],
    ['UI_SaveAs', {}, { kind: 'save-as', format: null }],
    ['Doc_ModifiedStatus', { Modified: true }, { kind: 'modified-status', modified: true }],
    ['Doc_ModifiedStatus', { Modified: false }, { kind: 'modified-status', modified: false }],
    [
      'Action_Save_Resp',
      { success: true, result: '', errorMsg: '', fileName: 'a.odt' },
      { kind: 'save-response', success: true, fileName: 'a.odt', error: '' },
    ],
    ['Action_Save_Resp', {}, { kind: 'save-response', success: false, fileName: null, error: null }],
    [
      'Views_List',
      [
        { ViewId: 0, UserId: 'ann', UserName: 'Ann', ReadOnly: '1', Color: 7 },
        { ViewId: 1, UserId: 'bob', UserName: 'Bob', ReadOnly: false },
        { UserId: 'no view' },
        null,
      ],
      {
        kind: 'views',
        views: [
          { viewId: 0, userId: 'ann', userName: 'Ann', readOnly: true },
          { viewId: 1, userId: 'bob', userName: 'Bob', readOnly: false },
        ],
      },
    ],
    [
      'Download_As',
      { Type: 'print', URL: 'https://cool.test/download/1' },
      { kind: 'download-as', type: 'print', url: 'https://cool.test/download/1' },
    ],
    ['App_VersionRestore', { Status: 'Pre_Restore_Ack' }, { kind: 'version-restore-ready' }],
    [
      'UI_InsertFile',
      { callback: 'x' },
      { kind: 'other', messageId: 'UI_InsertFile', values: { callback: 'x' } },
    ],
  ])('reads the values of %s', (messageId, values, message) => {
    expect(parseEditorMessage(posted(messageId, values))).toEqual(message)
  })

  it('accepts an object as well as text', () => {
    expect(parseEditorMessage({ MessageId: 'UI_Close', Values: {} })).toEqual({ kind: 'close' })
  })

  it.each([
    ['nothing', undefined],
    ['no JSON', '{MessageId:'],
    ['JSON that is no object', '"UI_Close"'],
    ['null', 'null'],
    ['no name', '{"Values":{}}'],
    ['a name that is no text', '{"MessageId":{"toString":1}}'],
    ['an unknown name', posted('UI_Novelty', {})],
    ['a name that objects already have', posted('constructor', {})],
    ['an inherited name', Object.create({ MessageId: 'UI_Close' })],
    ['a rename without a name', posted('File_Rename', { NewName: '' })],
    ['a rename to something else', posted('File_Rename', { NewName: { a: 1 } })],
    ['an unknown loading status', posted('App_LoadingStatus', { Status: 'Novelty' })],
    ['a loading status that is no text', posted('App_LoadingStatus', { Status: 1 })],
    ['a download from a script', posted('Download_As', { URL: 'javascript:alert(1)' })],
    ['views that are no list', posted('Views_List', { length: 1 })],
    ['another step of a restore', posted('App_VersionRestore', { Status: 'Novelty' })],
  ])('hears no message in %s', (_, data) => {
    expect(parseEditorMessage(data)).toBeNull()
  })

  it('never throws, whatever is posted', () => {
    const messageId = fc.constantFrom(
      'App_LoadingStatus',
      'File_Rename',
      'UI_SaveAs',
      'Views_List',
      'Download_As',
    )
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.record({ MessageId: messageId, Values: fc.anything() })),
        (data) => {
          const message = parseEditorMessage(data)
          expect(message === null || typeof message.kind === 'string').toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (data) => void parseEditorMessage(data)))
  })
})

describe('hostMessage', () => {
  it.each<[HostMessage, string, unknown]>([
    [{ kind: 'postmessage-ready' }, 'Host_PostmessageReady', {}],
    [{ kind: 'blur-focus' }, 'Blur_Focus', {}],
    [{ kind: 'grab-focus' }, 'Grab_Focus', {}],
    [
      { kind: 'insert-image', url: 'https://h.test/i.png' },
      'Action_InsertGraphic',
      { url: 'https://h.test/i.png' },
    ],
    [{ kind: 'save' }, 'Action_Save', {}],
    [
      { kind: 'save', dontTerminateEdit: true, dontSaveIfUnmodified: false, notify: true, extendedData: 'x' },
      'Action_Save',
      { DontTerminateEdit: true, DontSaveIfUnmodified: false, Notify: true, ExtendedData: 'x' },
    ],
    [
      { kind: 'save-as', fileName: 'ä.odt', notify: true },
      'Action_SaveAs',
      { Filename: 'ä.odt', Notify: true },
    ],
    [{ kind: 'close' }, 'Action_Close', {}],
    [{ kind: 'print' }, 'Action_Print', {}],
    [{ kind: 'export', format: 'pdf' }, 'Action_Export', { Format: 'pdf' }],
    [{ kind: 'reset-access-token', token: 't' }, 'Reset_Access_Token', { token: 't' }],
    [{ kind: 'prepare-version-restore' }, 'Host_VersionRestore', { Status: 'Pre_Restore' }],
    [{ kind: 'other', messageId: 'Get_Views' }, 'Get_Views', {}],
    [{ kind: 'other', messageId: 'Hide_Button', values: { id: 'save' } }, 'Hide_Button', { id: 'save' }],
  ])('writes %j', (message, messageId, values) => {
    expect(JSON.parse(hostMessage(message, 1768478400000))).toEqual({
      MessageId: messageId,
      SendTime: 1768478400000,
      Values: values,
    })
  })
})

describe('nameAfterRename', () => {
  it.each([
    ['report.docx', 'summary.docx', 'summary.docx'],
    ['report.docx', 'summary', 'summary.docx'],
    ['report.docx', 'v1.2', 'v1.2.docx'],
    ['report.DOCX', 'summary.docx', 'summary.docx'],
    ['README', 'LIESMICH', 'LIESMICH'],
    ['.profile', 'other', 'other'],
  ])('%s renamed to %s is %s', (currentName, newName, expected) => {
    expect(nameAfterRename(currentName, newName)).toBe(expected)
  })
})

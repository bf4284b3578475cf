import type { FailureCode, Language } from '../../src/editor/editor-api.js'

/** Every sentence of the editor's page. A language that lacks one does not compile. */
export interface Words {
  readonly commands: {
    readonly save: string
    readonly saveCopy: string
    readonly rename: string
    readonly find: string
    readonly wrapLines: string
    readonly share: string
    readonly versions: string
    readonly edit: string
    readonly close: string
    readonly more: string
    readonly tryAgain: string
    readonly overwrite: string
    readonly loadTheirs: string
    readonly copyText: string
    readonly download: string
    readonly downloadDraft: string
    readonly restore: string
    readonly discard: string
    readonly open: string
    readonly cancel: string
    readonly dismiss: string
    readonly closeAnyway: string
    readonly stay: string
  }
  readonly status: {
    readonly opening: string
    readonly saved: string
    readonly saving: string
    readonly unsaved: string
    readonly notSaved: string
    readonly readOnly: string
    readonly closed: string
    readonly position: (line: number, column: number) => string
  }
  /** Why there is no editor at all. */
  readonly cannotOpen: string
  /** Why text is not saved, or not opened. */
  readonly problems: Record<Exclude<FailureCode, 'locked' | 'changed' | 'unlocked'>, string>
  readonly tooLargeToOpen: string
  readonly changed: string
  readonly theirsLoaded: string
  readonly locked: string
  readonly lockedWithUnsaved: string
  readonly waiting: string
  readonly viewOnly: string
  readonly mayNotWrite: string
  readonly otherEncoding: string
  readonly notText: string
  readonly stillHere: string
  readonly retrying: string
  readonly expiresAt: (time: string) => string
  readonly draft: (time: string) => string
  readonly draftChanged: string
  readonly copySaved: (name: string) => string
  readonly copyFailed: string
  readonly renameFailed: string
  readonly textCopied: string
  readonly textNotCopied: string
  readonly copyName: (stem: string) => string
  readonly copyNameLabel: string
  readonly nameLabel: string
  readonly unsavedTitle: string
  readonly unsavedQuestion: string
  readonly noteLabel: string
  readonly toolsLabel: string
  readonly textLabel: string
  readonly editorLabel: (name: string) => string
  readonly keyboardHelp: string
  /** CodeMirror's own sentences, by the English ones. Empty: leave them. */
  readonly phrases: Readonly<Record<string, string>>
}

const en: Words = {
  commands: {
    save: 'Save',
    saveCopy: 'Save a copy',
    rename: 'Rename',
    find: 'Find and replace',
    wrapLines: 'Wrap long lines',
    share: 'Share',
    versions: 'Versions',
    edit: 'Edit',
    close: 'Close',
    more: 'More',
    tryAgain: 'Try again',
    overwrite: 'Overwrite it',
    loadTheirs: 'Load the other text',
    copyText: 'Copy all text',
    download: 'Download',
    downloadDraft: 'Download it',
    restore: 'Restore it',
    discard: 'Discard',
    open: 'Open',
    cancel: 'Cancel',
    dismiss: 'Dismiss',
    closeAnyway: 'Close without saving',
    stay: 'Keep editing',
  },
  status: {
    opening: 'Opening …',
    saved: 'Saved',
    saving: 'Saving …',
    unsaved: 'Not saved yet',
    notSaved: 'Not saved',
    readOnly: 'Read-only',
    closed: 'Closed',
    position: (line, column) => `Line ${line}, column ${column}`,
  },
  cannotOpen: 'The document cannot be opened.',
  problems: {
    unreachable: 'The document server does not answer.',
    'host-error': 'The document server reports an error.',
    expired: 'Your session has expired, so nothing more can be saved here. Open the document again to go on.',
    'not-found': 'The document was deleted, or you may no longer see it.',
    'too-large': 'The text is larger than the document server accepts.',
    refused: 'The document server refuses to save this.',
    'not-supported': 'The document server cannot do this.',
  },
  tooLargeToOpen:
    'The text editor opens documents of up to 10 MB. This one is larger: download it to work on it.',
  changed:
    'Somebody else or another program has changed this document since you opened it. Your text is still here, but not saved.',
  theirsLoaded: 'This is the other text. Undo brings yours back.',
  locked:
    'This document is being edited somewhere else. You can read it here, and edit it as soon as it is free.',
  lockedWithUnsaved:
    'This document is now being edited somewhere else, and your last changes are not saved. They are still here.',
  waiting: 'Finishing what you did here before …',
  viewOnly: 'You are reading this document.',
  mayNotWrite: 'You may read this document, but not change it.',
  otherEncoding:
    'This text is not in Unicode (UTF-8 or UTF-16), so some characters may look wrong. It can only be read here, so that nothing gets damaged.',
  notText: 'This does not look like a text. It can only be looked at here, so that nothing gets damaged.',
  stillHere: 'Your text is still here.',
  retrying: 'Trying again by itself.',
  expiresAt: (time) => `Your session ends at ${time}. Save, close the document and open it again to go on.`,
  draft: (time) => `This browser has text of ${time} that was never saved.`,
  draftChanged: 'The document has been changed since then.',
  copySaved: (name) => `Saved as ${name}.`,
  copyFailed: 'The copy could not be saved.',
  renameFailed: 'The document could not be renamed.',
  textCopied: 'The text is in the clipboard.',
  textNotCopied: 'The browser did not allow copying. Select the text and copy it yourself.',
  copyName: (stem) => `${stem} (copy)`,
  copyNameLabel: 'Name of the copy',
  nameLabel: 'Name of the document',
  unsavedTitle: 'Your last changes are not saved',
  unsavedQuestion: 'If you close the document now, they may be lost.',
  noteLabel: 'Note',
  toolsLabel: 'Text tools',
  textLabel: 'Text',
  editorLabel: (name) => `Text of ${name}`,
  keyboardHelp: 'The Tab key indents. Press Escape and then Tab to leave the text.',
  phrases: {
    next: 'Next',
    previous: 'Previous',
    all: 'Select all',
    'match case': 'Match case',
    'by word': 'Whole word',
    regexp: 'Regular expression',
    replace: 'Replace',
    'replace all': 'Replace all',
    close: 'Close',
    go: 'Go',
  },
}

const zhCN: Words = {
  commands: {
    save: '保存',
    saveCopy: '另存副本',
    rename: '重命名',
    find: '查找和替换',
    wrapLines: '自动换行',
    share: '分享',
    versions: '历史版本',
    edit: '编辑',
    close: '关闭',
    more: '更多',
    tryAgain: '重试',
    overwrite: '覆盖',
    loadTheirs: '载入对方的文本',
    copyText: '复制全部文本',
    download: '下载',
    downloadDraft: '下载该文本',
    restore: '恢复',
    discard: '丢弃',
    open: '打开',
    cancel: '取消',
    dismiss: '关闭提示',
    closeAnyway: '不保存并关闭',
    stay: '继续编辑',
  },
  status: {
    opening: '正在打开…',
    saved: '已保存',
    saving: '正在保存…',
    unsaved: '尚未保存',
    notSaved: '未保存',
    readOnly: '只读',
    closed: '已关闭',
    position: (line, column) => `第 ${line} 行，第 ${column} 列`,
  },
  cannotOpen: '无法打开文档。',
  problems: {
    unreachable: '文档服务器没有响应。',
    'host-error': '文档服务器报告了错误。',
    expired: '您的会话已过期，无法在此继续保存。请重新打开文档。',
    'not-found': '文档已被删除，或您不再有权查看它。',
    'too-large': '文本超过了文档服务器允许的大小。',
    refused: '文档服务器拒绝保存。',
    'not-supported': '文档服务器不支持此操作。',
  },
  tooLargeToOpen: '文本编辑器最多可打开 10 MB 的文档。此文档更大，请下载后处理。',
  changed: '打开文档后，其他人或其他程序修改了它。您的文本仍在此处，但尚未保存。',
  theirsLoaded: '现在显示的是对方的文本。撤消可恢复您的文本。',
  locked: '此文档正在别处编辑。您可以在此阅读，待其空闲后即可编辑。',
  lockedWithUnsaved: '此文档正在别处编辑，您最近的更改尚未保存，但仍在此处。',
  waiting: '正在完成您之前的操作…',
  viewOnly: '您正在阅读此文档。',
  mayNotWrite: '您可以阅读此文档，但不能修改。',
  otherEncoding: '此文本不是 Unicode（UTF-8 或 UTF-16），部分字符可能显示不正确。为避免损坏，此处仅供阅读。',
  notText: '这似乎不是文本文件。为避免损坏，此处仅供查看。',
  stillHere: '您的文本仍在此处。',
  retrying: '正在自动重试。',
  expiresAt: (time) => `您的会话将于 ${time} 结束。请保存并关闭文档，然后重新打开。`,
  draft: (time) => `此浏览器中有 ${time} 的文本从未保存。`,
  draftChanged: '此后文档已被修改。',
  copySaved: (name) => `已保存为 ${name}。`,
  copyFailed: '无法保存副本。',
  renameFailed: '无法重命名文档。',
  textCopied: '文本已复制到剪贴板。',
  textNotCopied: '浏览器不允许复制。请选中文本后自行复制。',
  copyName: (stem) => `${stem} - 副本`,
  copyNameLabel: '副本名称',
  nameLabel: '文档名称',
  unsavedTitle: '最近的更改尚未保存',
  unsavedQuestion: '如果现在关闭文档，这些更改可能会丢失。',
  noteLabel: '提示',
  toolsLabel: '文本工具',
  textLabel: '文本',
  editorLabel: (name) => `${name} 的文本`,
  keyboardHelp: 'Tab 键用于缩进。要离开文本，请按 Esc，再按 Tab。',
  phrases: {
    'Control character': '控制字符',
    'Selection deleted': '已删除所选内容',
    'Folded lines': '已折叠的行',
    'Unfolded lines': '已展开的行',
    to: '至',
    'folded code': '已折叠的代码',
    unfold: '展开',
    'Fold line': '折叠行',
    'Unfold line': '展开行',
    'Go to line': '转到行',
    go: '转到',
    Find: '查找',
    Replace: '替换为',
    next: '下一个',
    previous: '上一个',
    all: '全部',
    'match case': '区分大小写',
    'by word': '全字匹配',
    regexp: '正则表达式',
    replace: '替换',
    'replace all': '全部替换',
    close: '关闭',
    'current match': '当前匹配',
    'replaced $ matches': '已替换 $ 处',
    'replaced match on line $': '已替换第 $ 行的匹配',
    'on line': '位于行',
  },
}

export const words: Record<Language, Words> = { en, 'zh-CN': zhCN }

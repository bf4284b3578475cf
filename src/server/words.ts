import type { Language } from './language.js'

/** Everything the server's own pages say. */
export interface Words {
  readonly documents: string
  readonly name: string
  readonly size: string
  readonly modified: string
  readonly empty: string
  readonly up: string
  readonly download: string
  readonly opening: string
  readonly failed: string
  readonly open: string
  readonly back: string
  readonly notFound: string
  readonly wrongMethod: string
  readonly wrongAddress: string
  readonly noClient: (name: string) => string
  readonly noClientHelp: string
  readonly clientProblems: string
}

export const words: Record<Language, Words> = {
  en: {
    documents: 'Documents',
    name: 'Name',
    size: 'Size',
    modified: 'Modified',
    empty: 'This folder is empty.',
    up: 'Up',
    download: 'Download',
    opening: 'Opening the document …',
    failed: 'The editor could not open the document. Go back and try again.',
    open: 'Open the document',
    back: 'Back to the folder',
    notFound: 'There is nothing at this address. It may have been deleted.',
    wrongMethod: 'This address can only be read.',
    wrongAddress:
      'This server does not know itself under the address in your browser. Open it under its own address, or name yours with --public-url.',
    noClient: (name) => `No editor is connected that opens “${name}”.`,
    noClientHelp:
      'Word, Excel, PowerPoint and OpenDocument files are edited by ONLYOFFICE Docs or Collabora Online. Start the server with --client and the address of one.',
    clientProblems: 'These editors could not be reached:',
  },
  'zh-CN': {
    documents: '文档',
    name: '名称',
    size: '大小',
    modified: '修改时间',
    empty: '此文件夹为空。',
    up: '上一级',
    download: '下载',
    opening: '正在打开文档……',
    failed: '编辑器无法打开此文档。请返回后重试。',
    open: '打开文档',
    back: '返回文件夹',
    notFound: '此地址没有内容，可能已被删除。',
    wrongMethod: '此地址只能读取。',
    wrongAddress: '服务器不认识浏览器中的这个地址。请使用服务器自己的地址，或用 --public-url 指定您的地址。',
    noClient: (name) => `没有已连接的编辑器可以打开“${name}”。`,
    noClientHelp:
      'Word、Excel、PowerPoint 和 OpenDocument 文件由 ONLYOFFICE Docs 或 Collabora Online 编辑。请用 --client 加上其中一个的地址启动服务器。',
    clientProblems: '以下编辑器无法连接：',
  },
}

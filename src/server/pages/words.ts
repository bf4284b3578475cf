import type { Language } from '../language.js'

/** Everything the pages say that are written here; the rest is said by the web app. */
export interface Words {
  readonly documents: string
  readonly opening: string
  readonly failed: string
  readonly open: string
  readonly back: string
  readonly needsScript: string
  /** Pages that say why there is nothing else: title and sentence. */
  readonly notFound: readonly [string, string]
  readonly wrongMethod: readonly [string, string]
  readonly wrongAddress: readonly [string, string]
}

export const words: Record<Language, Words> = {
  en: {
    documents: 'Documents',
    opening: 'Opening the document …',
    failed: 'The editor could not open the document. Go back and try again.',
    open: 'Open the document',
    back: 'Back to the folder',
    needsScript: 'This page needs JavaScript. Switch it on for this address and load the page again.',
    notFound: ['Not found', 'There is nothing at this address. It may have been deleted.'],
    wrongMethod: ['Not possible', 'This address can only be read.'],
    wrongAddress: [
      'Unknown address',
      'This server does not know itself under the address in your browser. Open it under its own address, or name yours with --public-url.',
    ],
  },
  'zh-CN': {
    documents: '文档',
    opening: '正在打开文档……',
    failed: '编辑器无法打开此文档。请返回后重试。',
    open: '打开文档',
    back: '返回文件夹',
    needsScript: '此页面需要 JavaScript。请为此地址启用后重新加载页面。',
    notFound: ['未找到', '此地址没有内容，可能已被删除。'],
    wrongMethod: ['无法执行', '此地址只能读取。'],
    wrongAddress: [
      '未知地址',
      '服务器不认识浏览器中的这个地址。请使用服务器自己的地址，或用 --public-url 指定您的地址。',
    ],
  },
}

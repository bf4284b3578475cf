import { WopiError } from '../../protocol/errors.js'
import type { Language } from '../language.js'
import { TooBusy } from '../people/passwords.js'

/** A live lock that stands in the way, as a person may see it. */
export interface LockView {
  readonly userName: string
  /** In milliseconds since 1970. */
  readonly since: number
  readonly until: number
}

/** What comes with a refusal of each kind. */
interface Details {
  'bad-request': { readonly problem: string }
  'invalid-name': { readonly name: string; readonly problem: string }
  'sign-in-required': Record<string, never>
  'sign-in-failed': Record<string, never>
  'password-required': Record<string, never>
  'wrong-password': Record<string, never>
  forbidden: Record<string, never>
  csrf: Record<string, never>
  'not-found': Record<string, never>
  'method-not-allowed': { readonly allowed: readonly string[] }
  'name-taken': { readonly name: string }
  /** `rescuedId`: what was sent is kept as this rescued save. */
  locked: { readonly lock: LockView; readonly rescuedId?: string }
  'into-itself': Record<string, never>
  changed: Record<string, never>
  'wrong-offset': { readonly offset: number }
  'last-admin': Record<string, never>
  'link-ended': Record<string, never>
  'share-ended': Record<string, never>
  'too-large': { readonly maxFileSize: number }
  'too-many-uploads': Record<string, never>
  'no-preview': Record<string, never>
  'too-many-tries': { readonly retryAfter: number }
  'storage-full': Record<string, never>
  unavailable: Record<string, never>
  internal: Record<string, never>
}

/** Every way in which the API refuses. Closed: a new one starts with a line above, one in the table of statuses, and a sentence. */
export type ApiErrorCode = keyof Details

/** The only place where a refusal becomes an HTTP status. */
const statusOf: Record<ApiErrorCode, number> = {
  'bad-request': 400,
  'invalid-name': 400,
  'sign-in-required': 401,
  'sign-in-failed': 401,
  'password-required': 401,
  'wrong-password': 401,
  forbidden: 403,
  csrf: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'name-taken': 409,
  locked: 409,
  'into-itself': 409,
  changed: 409,
  'wrong-offset': 409,
  'last-admin': 409,
  'link-ended': 410,
  'share-ended': 410,
  'too-large': 413,
  'no-preview': 415,
  'too-many-tries': 429,
  'too-many-uploads': 429,
  internal: 500,
  unavailable: 503,
  'storage-full': 507,
}

export const apiErrorCodes = Object.keys(statusOf) as ApiErrorCode[]

/** A refusal of the API. Whatever else is thrown is our own fault, and told to the log only. */
export class ApiError<C extends ApiErrorCode = ApiErrorCode> extends Error {
  override readonly name = 'ApiError'
  readonly code: C
  readonly status: number
  readonly details: Details[C]

  constructor(code: C, ...[details]: Record<string, never> extends Details[C] ? [] : [Details[C]]) {
    super(code)
    this.code = code
    this.status = statusOf[code]
    this.details = details ?? ({} as Details[C])
  }
}

/** The refusal that an error means; null when it is a fault. */
export function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error
  if (error instanceof TooBusy) return new ApiError('too-many-tries', { retryAfter: 5 })
  if (!(error instanceof WopiError)) return null
  switch (error.code) {
    case 'storage-full':
    case 'unavailable':
    case 'not-found':
      return new ApiError(error.code)
    case 'bad-request':
      return new ApiError('bad-request', { problem: error.message })
    default:
      return null
  }
}

type Sentences = { readonly [C in ApiErrorCode]: string | ((details: Details[C]) => string) }

const sentences: Record<Language, Sentences> = {
  en: {
    'bad-request': ({ problem }) => `The request is not understood: ${problem}`,
    'invalid-name': ({ problem }) => problem,
    'sign-in-required': 'Sign in first.',
    'sign-in-failed': 'Name or password is wrong.',
    'password-required': 'This link asks for a password.',
    'wrong-password': 'This is not the password of the link.',
    forbidden: 'You may not do this here. Ask an owner for a greater role.',
    csrf: 'This page is out of date. Load it again.',
    'not-found': 'It is not there, or you may not see it.',
    'method-not-allowed': ({ allowed }) => `This address takes ${allowed.join(', ')}.`,
    'name-taken': ({ name }) => `“${name}” exists already.`,
    locked: ({ lock }) => `${lock.userName} is editing it. Wait until the document is closed.`,
    'into-itself': 'A folder cannot be put into itself.',
    changed: 'It has just been changed by somebody else. Look again.',
    'wrong-offset': ({ offset }) => `The upload goes on at byte ${offset}.`,
    'last-admin': 'Somebody must look after the server: name another administrator first.',
    'link-ended': 'This link has been used or has ended. Ask for a new one.',
    'share-ended': 'This link has ended. Ask whoever sent it to you for a new one.',
    'too-large': ({ maxFileSize }) => `It is larger than this server takes (${maxFileSize} bytes).`,
    'too-many-uploads': 'Too many uploads are under way. Finish or cancel some of them.',
    'no-preview': 'This type of file cannot be shown here. Download it.',
    'too-many-tries': ({ retryAfter }) => `Too many tries. Try again in ${retryAfter} seconds.`,
    'storage-full': 'The disk of the server is full. Nothing was changed.',
    unavailable: 'The server is busy. Try again in a moment.',
    internal: 'The server failed. Its log says why.',
  },
  'zh-CN': {
    'bad-request': ({ problem }) => `无法理解该请求：${problem}`,
    'invalid-name': '此名称不可用。请勿使用 / \\ : * ? " < > | 等字符，并避免过长的名称。',
    'sign-in-required': '请先登录。',
    'sign-in-failed': '用户名或密码错误。',
    'password-required': '此链接需要密码。',
    'wrong-password': '链接密码不正确。',
    forbidden: '您无权在此执行该操作，请向所有者申请更高的角色。',
    csrf: '页面已过期，请重新加载。',
    'not-found': '内容不存在，或您无权查看。',
    'method-not-allowed': ({ allowed }) => `此地址仅接受 ${allowed.join('、')}。`,
    'name-taken': ({ name }) => `“${name}”已存在。`,
    locked: ({ lock }) => `${lock.userName} 正在编辑，请等待文档关闭。`,
    'into-itself': '文件夹不能放入其自身。',
    changed: '内容刚刚被他人更改，请重新查看。',
    'wrong-offset': ({ offset }) => `上传应从第 ${offset} 字节继续。`,
    'last-admin': '服务器必须有管理员：请先指定另一位管理员。',
    'link-ended': '此链接已被使用或已失效，请索取新链接。',
    'share-ended': '此链接已失效，请向发送者索取新链接。',
    'too-large': ({ maxFileSize }) => `文件超过服务器允许的大小（${maxFileSize} 字节）。`,
    'too-many-uploads': '正在进行的上传过多，请先完成或取消一些。',
    'no-preview': '此类文件无法在此显示，请下载查看。',
    'too-many-tries': ({ retryAfter }) => `尝试次数过多，请在 ${retryAfter} 秒后重试。`,
    'storage-full': '服务器磁盘已满，未作任何更改。',
    unavailable: '服务器繁忙，请稍后重试。',
    internal: '服务器出错，原因见其日志。',
  },
}

/** What a refusal says to a person. */
export function sentenceOf(error: ApiError, language: Language): string {
  const sentence = sentences[language][error.code] as string | ((details: unknown) => string)
  return typeof sentence === 'string' ? sentence : sentence(error.details)
}

/** A refusal as an answer. */
export function errorResponse(error: ApiError, language: Language): Response {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  if ('retryAfter' in error.details) headers['Retry-After'] = String(error.details.retryAfter)
  if ('allowed' in error.details) headers.Allow = error.details.allowed.join(', ')
  const body = { error: { code: error.code, message: sentenceOf(error, language), ...error.details } }
  return Response.json(body, { status: error.status, headers })
}

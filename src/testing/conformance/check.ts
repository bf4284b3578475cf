import type { Bench } from './bench.js'

/** What is to be judged. Only the first two must be given; each further one lets more checks run. */
export interface Target {
  /** Address of a file: `https://host/wopi/files/<id>`, without a query. The file itself is only read. */
  readonly wopiSrc: string
  /** A token for that file of somebody who may edit it. */
  readonly accessToken: string
  /** A token for the same file of somebody who may only look at it. */
  readonly viewToken?: string
  /** A token for the same file of somebody else who may edit it. With it the file is locked for a moment. */
  readonly secondToken?: string
  /** A token for the same file whose time is over. */
  readonly expiredToken?: string
  /** The largest file the host takes, in bytes; at most 64 MiB are tried. */
  readonly maxFileSize?: number
  /** Headers to add to a request for this URL with this token: the proof, for a host that asks for it. */
  readonly sign?: (
    url: string,
    accessToken: string,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
}

/** MUST: a client breaks, or work is lost, where this fails. SHOULD: recommended, or needed by some clients only. */
export type Level = 'MUST' | 'SHOULD'

/** One rule of the protocol, as something that can be tried on any host. */
export interface Check {
  /** Unique and stable: `<operation>.<rule>`. */
  readonly id: string
  readonly level: Level
  /** As in the specification; `any` for rules of every operation. */
  readonly operation: string
  /** The page the rule stands on. */
  readonly spec: string
  /** The rule in a sentence. */
  readonly title: string
  /** Returns when the rule is kept; throws a `Failure` that says what was done instead, or `NotApplicable`. */
  run(bench: Bench): Promise<void>
}

/** The host breaks the rule. The message says what came and what was expected. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** The rule cannot be tried on this host; the message says what is missing. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}

const MICROSOFT = 'https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/'

/** The checks of one operation, under one page of the specification. */
export function checksOf(
  operation: string,
  page: string,
  list: readonly (Pick<Check, 'id' | 'title' | 'run'> & { readonly level?: Level; readonly spec?: string })[],
): readonly Check[] {
  return list.map((check) => ({ level: 'MUST', operation, spec: MICROSOFT + page, ...check }))
}

/** Pages of the other specifications that rules come from. */
export const Page = {
  onlyoffice: 'https://api.onlyoffice.com/docs/docs-api/using-wopi/wopi-rest-api/',
  collabora: 'https://sdk.collaboraonline.com/docs/advanced_integration.html',
  microsoft: (page: string) => MICROSOFT + page,
} as const

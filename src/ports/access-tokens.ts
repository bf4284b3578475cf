import type { Permission } from '../protocol/permission.js'

/** What an access token stands for: one person, one resource, until an instant. */
export interface Grant {
  /** Stable id of the person, the same in every file: 1 to 240 ASCII characters, see `userIdProblem`. */
  readonly userId: string
  /** The name others see. */
  readonly userName: string
  /** Whether this is a guest without a name of their own. */
  readonly anonymous?: boolean
  readonly resource: { readonly kind: 'file' | 'container'; readonly id: string }
  readonly permission: Permission
  /** When the token ends, in milliseconds since 1970. */
  readonly expiresAt: number
  /** URL of the client the token was made for: only that client's proof keys count. */
  readonly client?: string
  /**
   * Who vouches for the grant. Absent = the application, for a person it knows; `operator` = whoever runs the host, at the command line, for
   * anybody. For the application to judge permissions by.
   */
  readonly issuedBy?: 'operator'
}

/**
 * Makes and reads access tokens.
 *
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/concepts#access-token
 */
export interface AccessTokens {
  /**
   * A token of unreserved characters only (letters, digits, `-._~`), at most 1500 of them.
   *
   * @throws RangeError when a grant cannot become one, such as for a user id that `userIdProblem` names.
   */
  issue(grant: Grant): Promise<string>
  /** What a token stands for, or null when we did not make it. Expiry is judged by the host, not here. */
  verify(token: string): Grant | null | Promise<Grant | null>
}

/**
 * Why a text cannot be a user id, or null when it can. ONLYOFFICE cannot save for a user whose id is not ASCII or over 240 characters,
 * Microsoft refuses some characters, and `X-WOPI-Editors` is separated by commas.
 */
export function userIdProblem(userId: string): string | null {
  return /^[A-Za-z0-9._@:+=~|-]{1,240}$/.test(userId)
    ? null
    : 'A user id is 1 to 240 ASCII letters, digits or . _ - @ : + = ~ | characters'
}

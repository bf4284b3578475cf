/** What the host tells whoever runs it. No event carries a token, a lock id or content. */
export type HostEvent =
  | {
      /** A request was answered. */
      readonly type: 'request'
      /** Name of the operation; null when none was recognised. */
      readonly operation: string | null
      readonly fileId: string | null
      readonly userId: string | null
      readonly status: number
      /** Why it was refused, in a sentence; null for a success. */
      readonly reason: string | null
      readonly durationMs: number
      /** The client's own ids of this request and session, for finding it in the client's logs. */
      readonly correlationId: string | null
      readonly sessionId: string | null
    }
  | {
      /** More was let in than the protocol demands. */
      readonly type: 'leniency'
      readonly name: 'repeated-save' | 'save-after-unlock' | 'last-save-grace'
      readonly fileId: string
      readonly userId: string
    }
  | {
      /** A save was refused and kept as a rescued save. */
      readonly type: 'rescued'
      readonly fileId: string
      readonly userId: string
      readonly reason: string
    }
  | {
      /** A request's proof did not fit: what was expected and what came, without the token. */
      readonly type: 'proof-failed'
      readonly explain: string
    }
  | {
      /** A client's discovery was read, or could not be. */
      readonly type: 'discovery'
      readonly client: string
      /** Null = read. */
      readonly problem: string | null
    }
  | {
      /** Something failed that is not the client's doing. */
      readonly type: 'fault'
      readonly operation: string | null
      readonly error: unknown
    }

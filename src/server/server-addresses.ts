/** Where the server of a data folder is reached; written for `wopikit token` and other programs beside it. */
export interface ServerAddresses {
  readonly publicUrl: string
  readonly wopiUrl: string
}

/** Its name in the data folder. */
export const addressesFile = 'server.json'

/** Whether the proofs run at length, for hours rather than minutes: `WOPIKIT_PROOF=long npx vitest run test/durability test/serve`. */
export const isLong = process.env.WOPIKIT_PROOF === 'long'

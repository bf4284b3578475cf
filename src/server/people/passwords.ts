import { hash, verify } from '@node-rs/argon2'

/** 19 MiB and two passes of argon2id: what OWASP asks for at least, some 20 ms on a small machine. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** How many passwords are checked at once, and how many wait. Each takes 19 MiB while it is checked. */
const AT_ONCE = 2
const WAITING = 50

export const MIN_PASSWORD_LENGTH = 8
export const MAX_PASSWORD_LENGTH = 256

/** Hashes and checks passwords, a few at a time, so that a flood of tries neither fills the memory nor starves the rest of the server. */
export interface Passwords {
  hash(password: string): Promise<string>
  /**
   * Whether the password fits. `kept` null takes as long as any other answer, so that nobody learns which names exist.
   * @throws TooBusy when too many passwords wait to be checked.
   */
  fits(kept: string | null, password: string): Promise<boolean>
}

/** Too many passwords are being checked. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy'
}

export function createPasswords(): Passwords {
  let running = 0
  const waiting: (() => void)[] = []
  const stranger = hash('a password nobody has', COST)

  async function inTurn<T>(step: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING) throw new TooBusy('Too many passwords are being checked.')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await step()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFC'), COST)),
    fits: (kept, password) =>
      inTurn(async () => {
        const fits = await verify(kept ?? (await stranger), password.normalize('NFC'))
        return fits && kept !== null
      }),
  }
}

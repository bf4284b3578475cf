import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A WOPI client as far as the host needs one: a discovery with proof keys, and signatures that fit them. */
export interface SigningClient {
  /** Where its discovery is. */
  readonly url: string
  /** The headers that prove a request, for a moment of its own: no two proofs are the same. */
  prove(token: string, url: string): Readonly<Record<string, string>>
  close(): void
}

/** .NET ticks (100 ns since the year 1) of the beginning of 1970. */
const TICKS_OF_1970 = 621_355_968_000_000_000n

export async function startSigningClient(): Promise<SigningClient> {
  const current = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const old = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const discovery = Buffer.from(discoveryXml(current.publicKey, old.publicKey))
  const server = createServer((_, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': discovery.length }).end(discovery)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let lastTicks = 0n

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    prove(token, url) {
      const now = TICKS_OF_1970 + BigInt(Date.now()) * 10_000n
      lastTicks = now > lastTicks ? now : lastTicks + 1n
      const data = signedBytes(token, url, lastTicks)
      return {
        'X-WOPI-TimeStamp': String(lastTicks),
        'X-WOPI-Proof': sign('RSA-SHA256', data, current.privateKey).toString('base64'),
        // Sent by every client, and never looked at as long as the first one fits.
        'X-WOPI-ProofOld': sign('RSA-SHA256', data, old.privateKey).toString('base64'),
      }
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function signedBytes(token: string, url: string, ticks: bigint): Buffer {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(ticks)
  const parts = [Buffer.from(token), Buffer.from(url.toUpperCase()), time]
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  )
}

function discoveryXml(current: KeyObject, old: KeyObject): string {
  const { n, e } = numbersOf(current)
  const { n: oldModulus, e: oldExponent } = numbersOf(old)
  return `<?xml version="1.0" encoding="utf-8"?>
<wopi-discovery>
  <net-zone name="external-http">
    <app name="Word">
      <action name="view" ext="docx" urlsrc="http://127.0.0.1/view?" />
      <action name="edit" ext="docx" urlsrc="http://127.0.0.1/edit?" default="true" />
    </app>
  </net-zone>
  <proof-key modulus="${n}" exponent="${e}" oldmodulus="${oldModulus}" oldexponent="${oldExponent}" />
</wopi-discovery>`
}

/** Modulus and exponent of a key, in base64. */
function numbersOf(key: KeyObject): { n: string; e: string } {
  const { n = '', e = '' } = key.export({ format: 'jwk' })
  return {
    n: Buffer.from(n, 'base64url').toString('base64'),
    e: Buffer.from(e, 'base64url').toString('base64'),
  }
}

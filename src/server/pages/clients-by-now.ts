import type { WopiHost } from '../../host/host.js'
import type { KnownClients } from '../../host/opening.js'

/** How long somebody who only wants to see a list waits for clients that have not said yet what they open. */
const PATIENCE_MS = 1_000

/** What is known of the clients by now, without waiting for one that does not answer; those that are not known are asked in passing. */
export async function clientsByNow(host: WopiHost): Promise<KnownClients> {
  const reading = Promise.all(host.clients.list.map((client) => client.discovery().catch(() => null)))
  if (host.clients.list.some(({ state }) => state.discovery === null && state.problem === null)) {
    await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())])
  }
  const known = host.clients.list.flatMap((client) =>
    client.state.discovery ? [{ client, discovery: client.state.discovery }] : [],
  )
  return { known, problems: [] }
}

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { openConnection } from './connection.js'
import { onCore } from './machine.js'
import type { ServerProcess } from './processes.js'

/** Whether nginx is on this machine. */
export function hasNginx(): boolean {
  return spawnSync('nginx', ['-v']).status === 0
}

/** What nginx is to have besides what docs/reverse-proxy.md says. */
export interface NginxOptions {
  /** The core it is bound to; null or absent = any. */
  readonly core?: number | null
  /** Directives beside the servers. */
  readonly http?: string
  /** Locations beside the documented ones. */
  readonly locations?: string
}

/**
 * Starts nginx in front of a server with the very configuration that docs/reverse-proxy.md gives, so that it sends large documents itself.
 *
 * @param folder for its files.
 * @param behind the port of the server and its data folder.
 */
export async function startNginx(
  folder: string,
  behind: { readonly port: number; readonly data: string },
  { core = null, http = '', locations = '' }: NginxOptions = {},
): Promise<ServerProcess> {
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/nginx-${name};`)
    .join(' ')
  // Of the repository, in which npm runs both the benchmark and the tests, one of them compiled to elsewhere.
  const page = readFileSync('docs/reverse-proxy.md', 'utf8')
  const documented = (/```nginx\n(.*?)```/s.exec(page)?.[1] ?? '')
    .replace('443 ssl', `127.0.0.1:${port}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${behind.port}`)
    .replace('/srv/documents/.wopikit', behind.data)
    .replace('location / {', `${locations} location / {`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; events {}
     http { access_log off; ${http} ${temporary} ${documented} }`,
  )
  const child = spawn(...onCore(core, 'nginx', ['-p', folder, '-c', config]), { stdio: 'inherit' })
  const exited = once(child, 'exit')
  if (child.pid === undefined) throw new Error('nginx could not be started.')
  for (let tries = 0; ; tries++) {
    const connection = await openConnection(port).catch(() => null)
    connection?.close()
    if (connection) break
    if (tries === 100 || child.exitCode !== null)
      throw new Error(`nginx did not start; see ${folder}/nginx.log`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    pid: child.pid,
    port,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

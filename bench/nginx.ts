import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { openConnection } from './connection.js'
import { onCore } from './machine.js'
import type { ServerProcess } from './processes.js'

/** Whether nginx is on this machine. */
export function hasNginx(): boolean {
  return spawnSync('nginx', ['-v']).status === 0
}

/**
 * Starts nginx in front of a server as docs/reverse-proxy.md says, so that it sends large documents itself. Besides, `/static/` is a folder of
 * files, and below `/plain/` everything passes through.
 */
export async function startNginx(
  folder: string,
  behind: ServerProcess,
  { data, files, core }: { data: string; files: string; core: number | null },
): Promise<ServerProcess> {
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/nginx-${name};`)
    .join(' ')
  const page = readFileSync(new URL('../../docs/reverse-proxy.md', import.meta.url), 'utf8')
  const documented = (/```nginx\n(.*?)```/s.exec(page)?.[1] ?? '')
    .replace('443 ssl', `127.0.0.1:${port}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${behind.port}`)
    .replace('/srv/documents/.wopikit', data)
    .replace(
      'location / {',
      `location /static/ { alias ${files}/; }
       location /plain/ { proxy_pass http://wopikit/; proxy_set_header Connection ""; }
       location / {`,
    )
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; events {}
     http { access_log off; keepalive_requests 1000000000; ${temporary} ${documented} }`,
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

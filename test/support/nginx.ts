import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './server-process.js'

export const hasNginx = spawnSync('nginx', ['-v']).status === 0

/** nginx as a process of its own. */
export interface Nginx {
  readonly port: number
  stop(): Promise<void>
}

/** Starts nginx in front of a server, with the very configuration that docs/reverse-proxy.md gives. */
export async function startNginx(
  folder: string,
  { port: behind, data }: { port: number; data: string },
): Promise<Nginx> {
  const page = await readFile(new URL('../../docs/reverse-proxy.md', import.meta.url), 'utf8')
  const port = await freePort()
  const documented = (/```nginx\n(.*?)```/s.exec(page)?.[1] ?? '')
    .replace('443 ssl', `127.0.0.1:${port}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${behind}`)
    .replace('/srv/documents/.wopikit', data)
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  await mkdir(folder, { recursive: true })
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/log;
     events {} http { access_log ${folder}/access; ${places.join(' ')} ${documented} }`,
  )
  const child: ChildProcess = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(await readFile(join(folder, 'log'), 'utf8'))
    await sleep(20)
  }
  return {
    port,
    async stop() {
      child.kill()
      await exited
    },
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const listens = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return listens
}

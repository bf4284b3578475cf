import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command-line.js'
import { type ServerProcess, serverProcess } from '../support/server-process.js'
import { wopiClient } from '../support/wopi-client.js'

/*
 * The commands that look after a library, beside the server that runs on it.
 */

let place: string
let server: ServerProcess

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'wopikit-cli-'))
  server = await serverProcess({ folder: join(place, 'documents') })
  await writeFile(join(server.folder, 'plan.txt'), 'first')
  await server.start()
  const client = wopiClient(await server.token('plan.txt', ['--name', 'Ann', '--user', 'ann']))
  expect((await client.lock('session')).status).toBe(200)
  expect((await client.putFile(Buffer.from('second'), 'session')).status).toBe(200)
  expect((await client.putFile(Buffer.from('refused'), 'another')).status).toBe(409)
})

afterAll(async () => {
  await server.stop()
  await rm(place, { recursive: true, force: true })
})

async function run(...args: string[]) {
  return runCommand([...args, ...(args[0] === 'verify' ? [] : ['--folder', server.folder])])
}

async function json(...args: string[]): Promise<Partial<Record<string, Record<string, unknown>[]>>> {
  const { code, stdout, stderr } = await run(...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

const onDisk = () => readFile(join(server.folder, 'plan.txt'), 'utf8')

describe('the commands beside a running server', () => {
  it('list what a document has been, and by whom', async () => {
    const { versions } = await json('versions', 'plan.txt')
    expect(versions).toMatchObject([
      { version: '2', origin: 'save', user: { id: 'ann', name: 'Ann' }, current: true },
      { version: '1', origin: 'outside', user: null, current: false },
    ])
    expect((await run('versions', 'plan.txt')).stdout).toMatch(
      /^version .*\n2 .* save +Ann +current\n1 .* outside/,
    )
  })

  it('show who has what open, without the key to saving it', async () => {
    const { locks } = await json('locks')
    expect(locks).toMatchObject([{ path: 'plan.txt', userName: 'Ann', users: ['Ann'], client: null }])
    expect(JSON.stringify(locks)).not.toContain('session')
  })

  it('write an old version out, but never over something', async () => {
    const target = join(place, 'old.txt')
    expect((await run('versions', 'plan.txt', '--save', '1', '--to', target)).code).toBe(0)
    expect(await readFile(target, 'utf8')).toBe('first')
    expect(await run('versions', 'plan.txt', '--save', '2', '--to', target)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/--to names a file that does not exist yet.*EEXIST/),
    })
    expect(await readFile(target, 'utf8')).toBe('first')
    expect((await run('versions', 'plan.txt', '--save', '2', '--to', '-')).stdout).toBe('second')
    expect((await run('versions', 'plan.txt', '--save', '9', '--to', '-')).stderr).toMatch(/has no version 9/)
    const other = join(place, 'other.txt')
    expect(await json('versions', 'plan.txt', '--save', '2', '--to', other)).toEqual({ written: other })
  })

  it('do not restore under the hands of whoever has it open, unless they are told to', async () => {
    const refused = await run('versions', 'plan.txt', '--restore', '1')
    expect([refused.code, await onDisk()]).toEqual([1, 'second'])
    expect(refused.stderr).toMatch(/open by Ann.*--force/)
    expect((await run('versions', 'plan.txt', '--restore', '1', '--force')).code).toBe(0)
    expect(await onDisk()).toBe('first')
    const { versions } = await json('versions', 'plan.txt')
    expect(versions?.[0]).toMatchObject({ version: '3', origin: 'restore', user: { id: 'operator' } })
  })

  it('pin a version, but restore none that is the present one', async () => {
    const pinned = await json('versions', 'plan.txt', '--pin', '1')
    expect(pinned).toMatchObject({ path: 'plan.txt', version: '1', pinned: true })
    expect((await json('versions', 'plan.txt')).versions?.at(-1)).toMatchObject({
      version: '1',
      pinned: true,
    })
    expect((await run('versions', 'plan.txt', '--unpin', '1')).stdout).toMatch(/not pinned any more/)
    expect(await run('versions', 'plan.txt', '--restore', '3', '--force')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is the present one already/),
    })
    await writeFile(join(server.folder, 'new.txt'), 'new')
    expect((await run('versions', 'new.txt', '--pin', '1')).stderr).toMatch(
      /once another has taken its place/,
    )
  })

  it('bring back a save that had to be refused', async () => {
    const { rescued } = await json('rescued', 'plan.txt')
    expect(rescued).toMatchObject([{ name: 'plan.txt', code: 'lock-mismatch', size: 7 }])
    const id = String(rescued?.[0]?.rescuedId)
    expect((await run('rescued', '--save', id, '--to', '-')).stdout).toBe('refused')
    expect((await run('rescued', '--save', id, '--to', '-', '--json')).code).toBe(2)
    expect((await json('rescued', '--keep', id)).kept).toMatchObject({ path: 'plan (1).txt', version: '1' })
    expect(await readFile(join(server.folder, 'plan (1).txt'), 'utf8')).toBe('refused')
    expect((await run('rescued', '--discard', 'nothing')).code).toBe(1)
  })

  it('take off a lock', async () => {
    expect(await json('locks', '--release', 'plan.txt')).toMatchObject({ path: 'plan.txt', released: true })
    expect((await run('locks', '--release', 'plan.txt')).stdout).toMatch(/was not locked/)
    expect((await run('locks')).stdout).toMatch(/No document is locked/)
  })

  it('verify that all is well, and say when it is not', async () => {
    const good = await run('verify', server.folder)
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('everything is as it should be')])
    const { versions } = await json('versions', 'plan.txt')
    const fileId = String(versions?.[0]?.fileId)
    const history = join(server.data, 'versions')
    await rm(history, { recursive: true })
    const bad = await run('verify', server.folder)
    expect(bad.code).toBe(1)
    expect(bad.stdout).toContain(fileId)
  })

  it.each(['versions', 'rescued', 'locks', 'verify'])(
    'say that a folder was never served instead of making a library of it: %s',
    async (command) => {
      const folder = join(place, 'never-served')
      await mkdir(folder, { recursive: true })
      const path = command === 'versions' ? ['plan.txt'] : []
      const { code, stdout, stderr } = await runCommand([command, ...path, '--folder', folder])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/never-served was never served .*--folder.*--data/)
      expect(await readdir(folder)).toEqual([])
    },
  )

  it('say which folder is missing, and how to name another', async () => {
    const { code, stderr } = await runCommand(['locks', '--folder', join(place, 'nowhere')])
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/nowhere does not exist.*--folder.*WOPIKIT_FOLDER/),
    ])
  })

  it.each([
    [['versions'], /takes one path/],
    [['versions', 'plan.txt', '--save', '1'], /--save needs --to/],
    [['versions', 'plan.txt', '--restore', '1', '--pin', '1'], /--restore and --pin are two things/],
    [['versions', 'plan.txt', '--force'], /--force goes with --restore/],
    [['versions', 'plan.txt', '--restore'], /--restore needs a value/],
    [['serve', '--port'], /--port needs a value: a number from 0 to 65535/],
    [['rescued', 'plan.txt', '--discard', 'x'], /Leave out plan\.txt/],
    [['locks', 'plan.txt'], /--release/],
    [['rescued', '--restor', 'x'], /There is no option --restor\. Did you mean --restore\?/],
    [['verfiy'], /There is no command "verfiy"\. Did you mean verify\?/],
  ])('say what is wrong with %j', async (args, message) => {
    const { code, stderr } = await runCommand(args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})

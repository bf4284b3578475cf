import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from './support/server-process.js'

const repository = fileURLToPath(new URL('..', import.meta.url))

describe.runIf(process.platform !== 'win32')('npm start', () => {
  let place: string
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'wopikit-start-'))
  })
  afterEach(() => rmSync(place, { recursive: true, force: true }))

  it('serves a folder it fills with samples, and ends when npm is told to end', async () => {
    const documents = join(place, 'documents')
    const origin = `http://127.0.0.1:${await freePort()}`
    const npm = spawn('npm', ['start', '--', documents, '--port', new URL(origin).port], {
      cwd: repository,
      stdio: 'ignore',
    })
    try {
      await expect.poll(() => answers(origin), { timeout: 15_000 }).toBe(true)
      expect(existsSync(join(documents, 'Welcome.md'))).toBe(true)
    } finally {
      npm.kill('SIGTERM')
    }
    await expect.poll(() => answers(origin), { timeout: 15_000 }).toBe(false)
  })
})

async function answers(origin: string): Promise<boolean> {
  return fetch(origin).then(
    (response) => response.ok,
    () => false,
  )
}

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../scripts/check-dependencies.mjs', import.meta.url))

function check(root?: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...(root ? [root] : [])], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('the direction of dependencies', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'wopikit-direction-'))
    for (const folder of ['src', 'web', 'examples']) mkdirSync(join(root, folder))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function plant(file: string, source: string) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), source)
  }

  it('holds in this repository', () => {
    expect(check()).toMatchObject({ status: 0, stderr: '' })
  })

  it.each([
    [
      'src/protocol/a.ts',
      "import type { FileStore } from '../ports/file-store.js'",
      'src/ports/file-store.ts',
    ],
    ['src/protocol/a.ts', "import { z } from 'zod'", 'zod'],
    ['src/ports/a.ts', "export { lock } from '../operations/files/lock.js'", 'src/operations/files/lock.ts'],
    ['src/operations/files/a.ts', "import {\n  b,\n} from '../../host/host.js'", 'src/host/host.ts'],
    ['src/operations/a.ts', "import '../drivers/memory/index.js'", 'src/drivers/memory/index.ts'],
    ['src/host/a.ts', "import { createHash } from 'node:crypto'", 'node:crypto'],
    [
      'src/drivers/disk/a.ts',
      "import { lock } from '../../operations/files/lock.js'",
      'src/operations/files/lock.ts',
    ],
    ['src/adapters/a.ts', "import express from 'express'", 'express'],
    ['src/server/a.ts', "const main = await import('../cli/main.js')", 'src/cli/main.ts'],
    ['web/a.tsx', "import type { Config } from '../src/server/config.js'", 'src/server/config.ts'],
    ['examples/a.ts', "import { createWopiHost } from '../src/index.js'", 'src/index.ts'],
  ])('does not let %s write %j', (file, source, imported) => {
    plant(file, source)
    const { status, stderr } = check(root)
    expect(status).toBe(1)
    expect(stderr).toContain(`${file} imports ${imported}`)
  })

  it('asks for a place in the table when a new area appears', () => {
    plant('src/helpers/a.ts', '')
    expect(check(root)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('src/helpers/a.ts belongs to no area'),
    })
  })

  it('lets tests import anything, and comments say anything', () => {
    plant(
      'src/protocol/a.ts',
      "/*\n * import { z } from 'zod'\n */\n// import fs from 'node:fs'\nexport const a = 1",
    )
    plant('src/protocol/a.test.ts', "import { createServer } from 'node:http'")
    expect(check(root)).toMatchObject({ status: 0, stderr: '' })
  })

  it('does not take an empty folder for a clean one', () => {
    expect(check(root)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('There are no sources in'),
    })
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from './database.js'
import { type Remembered, remembered } from './remembered.js'

let folder: string
let database: Database
let other: Database
let words: Remembered<string | null>
let reads: number

const layout = ['CREATE TABLE words (name TEXT PRIMARY KEY, meaning TEXT)']

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wopikit-remembered-'))
  const open = () => openDatabase(join(folder, 'index.sqlite'), layout, 'process-crash')
  database = open()
  other = open()
  const find = database.sqlite.prepare<[string], string>('SELECT meaning FROM words WHERE name = ?').pluck()
  reads = 0
  words = remembered(database, (name) => {
    reads++
    return find.get(name) ?? null
  })
})
afterEach(() => {
  database.close()
  other.close()
  rmSync(folder, { recursive: true })
})

function put(into: Database, name: string, meaning: string): void {
  into.sqlite.prepare('INSERT OR REPLACE INTO words VALUES (?, ?)').run(name, meaning)
}

const nextCallback = () => new Promise(setImmediate)

describe('what was read', () => {
  it('is not read again, also when there was nothing', async () => {
    put(database, 'cat', 'an animal')
    for (let times = 0; times < 3; times++) {
      expect(words.get('cat')).toBe('an animal')
      expect(words.get('dog')).toBeNull()
      await nextCallback()
    }
    expect(reads).toBe(2)
  })

  it('is read again after another process has changed anything', async () => {
    expect(words.get('cat')).toBeNull()
    put(other, 'cat', 'an animal')
    await nextCallback()
    expect(words.get('cat')).toBe('an animal')
  })

  it('is read again after a step of our own that says so', async () => {
    expect(words.get('cat')).toBeNull()
    await database.write(() => {
      put(database, 'cat', 'an animal')
      words.forget()
    })
    expect(words.get('cat')).toBe('an animal')
  })

  it('is what the step itself has made of it, within the step', async () => {
    expect(words.get('cat')).toBeNull()
    const within = await database.write(() => {
      words.forget()
      put(database, 'cat', 'an animal')
      return words.get('cat')
    })
    expect(within).toBe('an animal')
  })

  it('is not what a step had made of it that was undone', async () => {
    expect(words.get('cat')).toBeNull()
    const step = () => {
      words.forget()
      put(database, 'cat', 'an animal')
      words.get('cat')
      throw new Error('no')
    }
    await expect(database.write(step)).rejects.toThrow('no')
    expect(words.get('cat')).toBeNull()
  })

  it('is what a step keeps, without being read, and no longer once another process has changed it', async () => {
    words.get('cat')
    reads = 0
    await database.write(() => {
      put(database, 'cat', 'an animal')
      words.keep('cat', 'an animal')
    })
    expect(words.get('cat')).toBe('an animal')
    expect(reads).toBe(0)
    put(other, 'cat', 'a pet')
    await nextCallback()
    expect(words.get('cat')).toBe('a pet')
  })

  it('is not what a step has kept that was undone, nor what was undone with the whole transaction', async () => {
    const step = (fails: boolean) => () => {
      put(database, 'cat', 'an animal')
      words.keep('cat', 'an animal')
      if (fails) throw new Error('no')
    }
    await expect(database.write(step(true))).rejects.toThrow('no')
    expect(words.get('cat')).toBeNull()
    const failing = database.write(() => {
      step(false)()
      database.beforeCommit(() => {
        throw new Error('not at all')
      })
    })
    await expect(failing).rejects.toThrow('not at all')
    expect(words.get('cat')).toBeNull()
  })

  it('does not grow without end', () => {
    for (let number = 0; number < 6000; number++) words.get(String(number))
    reads = 0
    words.get('5999')
    words.get('0')
    expect(reads).toBe(1)
  })
})

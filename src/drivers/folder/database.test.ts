import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from './database.js'
import { armFault } from './faults.js'
import { Sqlite } from './sqlite.js'

const layout = ['CREATE TABLE notes (text TEXT UNIQUE)']

let folder: string
let file: string
let database: Database
const opened: Database[] = []

function open(given: readonly string[] = layout): Database {
  const one = openDatabase(file, given, 'process-crash')
  opened.push(one)
  return one
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wopikit-database-'))
  file = join(folder, 'index.sqlite')
  database = open()
})
afterEach(() => {
  armFault(null)
  for (const one of opened.splice(0)) one.close()
  rmSync(folder, { recursive: true })
})

const add = (text: string) => database.sqlite.prepare('INSERT INTO notes VALUES (?)').run(text)
const notes = (from: Database = database) =>
  from.sqlite
    .prepare<[], { text: string }>('SELECT text FROM notes ORDER BY text')
    .all()
    .map(({ text }) => text)

describe('write', () => {
  it('puts what is asked for at the same time into one transaction', async () => {
    const other = open()
    const commits = () => Number(other.sqlite.pragma('data_version', { simple: true }))
    const before = commits()
    await Promise.all(['a', 'b', 'c'].map((text) => database.write(() => add(text))))
    expect(commits()).toBe(before + 1)
    expect(notes(other)).toEqual(['a', 'b', 'c'])
  })

  it('gives back what each step gave, in order', async () => {
    const order: string[] = []
    const results = await Promise.all(
      ['a', 'b'].map((text) =>
        database.write(() => {
          order.push(text)
          return text.toUpperCase()
        }),
      ),
    )
    expect([results, order]).toEqual([
      ['A', 'B'],
      ['a', 'b'],
    ])
  })

  it('undoes a step that throws alone, with what it did outside, the last first', async () => {
    const undone: string[] = []
    const after: string[] = []
    const outcomes = await Promise.allSettled([
      database.write(() => {
        add('kept')
        database.onUndo(() => undone.push('never'))
        database.afterCommit(() => after.push('kept'))
      }),
      database.write(() => {
        add('gone')
        database.onUndo(() => undone.push('first'))
        database.onUndo(() => undone.push('second'))
        database.afterCommit(() => after.push('gone'))
        throw new Error('no')
      }),
      database.write(() => add('also kept')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(notes()).toEqual(['also kept', 'kept'])
    expect([undone, after]).toEqual([['second', 'first'], ['kept']])
  })

  it('undoes all steps when the commit fails, and goes on working', async () => {
    const undone: string[] = []
    const steps = ['a', 'b'].map((text) => () => {
      add(text)
      database.onUndo(() => undone.push(text))
      database.afterCommit(() => undone.push('never'))
      return text
    })
    armFault('full@index:before-commit')
    const outcomes = await Promise.allSettled(steps.map((step) => database.write(step)))
    armFault(null)
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage-full', status: 413 } })
    expect([notes(), undone]).toEqual([[], ['b', 'a']])
    await database.write(() => add('c'))
    expect(notes()).toEqual(['c'])
  })

  it('does what is left for the end of the transaction once, before the commit', async () => {
    let times = 0
    const last = () => {
      times++
      add(`end ${times}`)
    }
    await Promise.all([1, 2].map(() => database.write(() => database.beforeCommit(last))))
    expect(notes()).toEqual(['end 1'])
  })

  it('is not spoilt by a task after the commit that fails', async () => {
    const done: string[] = []
    await database.write(() => {
      add('a')
      database.afterCommit(() => {
        throw new Error('a file could not be removed')
      })
      database.afterCommit(() => done.push('next'))
    })
    expect([notes(), done]).toEqual([['a'], ['next']])
  })

  it('waits for another process, and goes on answering meanwhile', async () => {
    const other = new Sqlite(file)
    other.exec('BEGIN IMMEDIATE')
    const writing = database.write(() => add('late'))
    // Were this process to stand still for the other one, it would get no turn before the wait is given up, and the write would fail.
    for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(notes()).toEqual([])
    other.exec('COMMIT')
    other.close()
    await writing
    expect(notes()).toEqual(['late'])
  })

  it('lets processes that write all the time have their turns', async () => {
    const other = open()
    const insert = other.sqlite.prepare('INSERT INTO notes VALUES (?)')
    const many = Array.from({ length: 200 }, (_, number) => number)
    await Promise.all([
      ...many.map((number) => database.write(() => add(`one ${number}`))),
      ...many.map((number) => other.write(() => insert.run(`two ${number}`))),
    ])
    expect(notes()).toHaveLength(400)
  })
})

describe('the number of foreign changes', () => {
  it('is another one once another process has changed something, from the next callback on', async () => {
    const other = open()
    const before = database.foreignChanges()
    other.sqlite.exec("INSERT INTO notes VALUES ('from another process')")
    expect(database.foreignChanges()).toBe(before)
    await new Promise(setImmediate)
    expect(database.foreignChanges()).not.toBe(before)
  })

  it('stays the same when nobody else changes anything', async () => {
    const before = database.foreignChanges()
    await database.write(() => add('a'))
    await new Promise(setImmediate)
    expect(database.foreignChanges()).toBe(before)
  })
})

describe('flush', () => {
  it('serves many who ask at once, and fails for none', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, number) => {
        await database.write(() => add(String(number)))
        await database.flush()
      }),
    )
    expect(notes()).toHaveLength(20)
  })
})

describe('opening', () => {
  it('adds what the layout has more than the file, once', () => {
    const more = [...layout, 'ALTER TABLE notes ADD COLUMN colour TEXT']
    const second = open(more)
    expect(second.sqlite.pragma('user_version', { simple: true })).toBe(2)
    open(more)
  })

  it('refuses a file of a newer version and says so', () => {
    open([...layout, 'CREATE TABLE more (x)'])
    expect(() => open()).toThrow(/made by a newer version of wopikit.*layout 2.*knows 1/)
  })

  it.each([
    ['is no database', Buffer.from('these are notes of mine, and not a database at all'.repeat(200))],
    ['is damaged', null],
  ])('says what to do when the file %s', (_, content) => {
    for (const one of opened.splice(0)) one.close()
    if (content) writeFileSync(file, content)
    else {
      const damaged = new Sqlite(file)
      damaged.exec('CREATE TABLE filler (x); ')
      damaged.close()
      writeFileSync(file, Buffer.alloc(statSync(file).size, 7))
    }
    expect(() => open()).toThrow(
      /index\.sqlite is damaged or not a database.*documents are not in it and are safe/,
    )
  })

  it('says when the file cannot be written', () => {
    file = join(folder, 'a folder')
    mkdirSync(file)
    expect(() => open()).toThrow(/cannot be opened for writing/)
  })

  it('keeps the file from the eyes of other users', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MINE, MINUTE, openDocument, opened, SECOND, toText } from './session-rig.js'
import { isEditable } from './session-state.js'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('opening', () => {
  test('takes the lock and shows the text', async () => {
    const { host, text, state } = await opened()
    expect(state()).toMatchObject({ phase: 'open', access: 'edit', unsaved: false, problem: null })
    expect(host.lock).toBe(MINE)
    expect(text.value).toBe('hello')
  })

  test('for reading takes no lock', async () => {
    const { host, state } = await opened({ mode: 'view' })
    expect(state().access).toBe('view')
    expect(host.lock).toBe('')
  })

  test('bytes that cannot be written back are only shown, and the lock goes back', async () => {
    const page = openDocument()
    page.text.readable = false
    void page.session.open()
    await page.wait(100)
    expect(page.state().access).toBe('view')
    expect(page.host.lock).toBe('')
  })

  test('a host that is down is asked again until it answers', async () => {
    const page = openDocument()
    page.host.failing.set('open', 'unreachable')
    void page.session.open()
    await page.wait(100)
    expect(page.state()).toMatchObject({ phase: 'opening', problem: { code: 'unreachable', retrying: true } })
    page.host.failing.clear()
    await page.wait(5 * SECOND)
    expect(page.state()).toMatchObject({ phase: 'open', access: 'edit', problem: null })
  })

  test('what cannot succeed later is not tried again, except by the person', async () => {
    const page = openDocument()
    page.host.failing.set('open', 'not-found')
    void page.session.open()
    await page.wait(10 * MINUTE)
    expect(page.state()).toMatchObject({ phase: 'failed', problem: { code: 'not-found' } })
    expect(page.host.sent).toHaveLength(1)
    page.host.failing.clear()
    void page.session.retry()
    await page.wait(100)
    expect(page.state()).toMatchObject({ phase: 'open', problem: null })
  })
})

describe('saving', () => {
  test('happens by itself two seconds after the last change, once', async () => {
    const { type, wait, host, state, saves } = await opened()
    type(' a')
    await wait(1500)
    type(' b')
    await wait(1500)
    expect(saves()).toEqual([])
    expect(state().unsaved).toBe(true)
    await wait(1000)
    expect(host.content).toBe('hello a b')
    expect(saves()).toHaveLength(1)
    expect(saves()[0]?.ask).toMatchObject({
      basedOn: 't1',
      autosave: true,
      exit: false,
      changed: true,
      userId: 'alice',
    })
    expect(state()).toMatchObject({ unsaved: false, saving: false })
  })

  test('does not wait for somebody who never pauses', async () => {
    const { type, wait, saves } = await opened()
    for (let second = 0; second < 20; second++) {
      type('.')
      await wait(SECOND)
    }
    expect(saves()).toHaveLength(1)
  })

  test('the button saves at once, also what is already saved: the host confirms it', async () => {
    const { type, wait, session, saves } = await opened()
    type('!')
    void session.save()
    await wait(100)
    void session.save()
    await wait(100)
    expect(saves().map(({ ask }) => [ask.autosave, ask.changed])).toEqual([
      [false, true],
      [false, false],
    ])
  })

  test('what is typed during a save is saved after it, on top of it', async () => {
    const { type, wait, session, host, saves, state } = await opened()
    type(' one')
    void session.save()
    await wait(5)
    type(' two')
    await wait(100)
    expect(host.content).toBe('hello one')
    expect(state().unsaved).toBe(true)
    await wait(3 * SECOND)
    expect(host.content).toBe('hello one two')
    expect(saves()[1]?.ask).toMatchObject({ basedOn: 't2' })
  })

  test('goes on trying while the host is down, and editing goes on too', async () => {
    const { type, wait, host, state } = await opened()
    host.failing.set('save', 'host-error')
    type(' kept')
    await wait(2 * MINUTE)
    expect(state()).toMatchObject({
      unsaved: true,
      access: 'edit',
      problem: { code: 'host-error', retrying: true },
    })
    expect(isEditable(state())).toBe(true)
    host.failing.clear()
    await wait(2 * MINUTE)
    expect(host.content).toBe('hello kept')
    expect(state()).toMatchObject({ unsaved: false, problem: null })
  })

  test('a save whose answer was lost is no conflict, even with more typed since', async () => {
    const { type, wait, host, state } = await opened()
    host.losesAnswers = true
    type(' one')
    await wait(2500)
    expect(host.content).toBe('hello one')
    expect(state()).toMatchObject({ unsaved: true, problem: { code: 'unreachable' } })
    type(' two')
    host.losesAnswers = false
    await wait(MINUTE)
    expect(host.content).toBe('hello one two')
    expect(state()).toMatchObject({ unsaved: false, problem: null })
  })

  test.each(['too-large', 'refused', 'not-supported', 'not-found', 'expired'] as const)(
    '%s is said, the text stays, and nothing is tried without the person',
    async (code) => {
      const { type, wait, host, state, saves, session, text } = await opened()
      host.failing.set('save', code)
      type(' kept')
      await wait(10 * MINUTE)
      expect(state()).toMatchObject({ unsaved: true, problem: { code, retrying: false } })
      expect(saves()).toHaveLength(1)
      expect(text.value).toBe('hello kept')
      expect(isEditable(state())).toBe(code !== 'expired' && code !== 'not-found')
      host.failing.clear()
      void session.retry()
      await wait(100)
      expect(state()).toMatchObject({ unsaved: false, problem: null })
      expect(host.content).toBe('hello kept')
    },
  )

  test('a renewed token lets the work go on', async () => {
    const { type, wait, host, state, session } = await opened()
    host.failing.set('save', 'expired')
    type(' kept')
    await wait(5 * SECOND)
    host.failing.clear()
    session.renewed()
    await wait(100)
    expect(host.content).toBe('hello kept')
    expect(isEditable(state())).toBe(true)
  })
})

describe('a change from outside', () => {
  async function conflicting() {
    const page = await opened()
    page.type(' mine')
    page.host.write('theirs')
    await page.wait(3 * SECOND)
    expect(page.state()).toMatchObject({ unsaved: true, problem: { code: 'changed' } })
    expect(page.host.content).toBe('theirs')
    expect(page.text.value).toBe('hello mine')
    return page
  }

  test('stops all saving until the person decides', async () => {
    const { type, wait, host, session, saves } = await conflicting()
    type(' more')
    void session.save()
    await wait(MINUTE)
    expect(host.content).toBe('theirs')
    expect(saves()).toHaveLength(1)
  })

  test('overwrite: this text wins', async () => {
    const { wait, host, session, state, saves } = await conflicting()
    void session.overwrite()
    await wait(100)
    expect(host.content).toBe('hello mine')
    expect(saves().at(-1)?.ask).toMatchObject({ basedOn: 't2' })
    expect(state()).toMatchObject({ unsaved: false, problem: null })
  })

  test('overwrite does not cover what came after it was asked', async () => {
    const { wait, host, session, state } = await conflicting()
    host.write('theirs, once more')
    void session.overwrite()
    await wait(100)
    expect(host.content).toBe('theirs, once more')
    expect(state().problem?.code).toBe('changed')
  })

  test('overwrite works even on a host that sees changes where there are none', async () => {
    const { type, wait, host, session, state, saves } = await opened()
    host.failing.set('save', 'changed')
    type(' mine')
    await wait(3 * SECOND)
    expect(state()).toMatchObject({ unsaved: true, problem: { code: 'changed' } })
    host.failing.clear()
    void session.overwrite()
    await wait(100)
    expect(saves().at(-1)?.ask).toMatchObject({ basedOn: '' })
    expect(host.content).toBe('hello mine')
  })

  test('take theirs: the other text wins, and saving goes on from there', async () => {
    const { wait, host, session, state, text, type } = await conflicting()
    void session.takeTheirs()
    await wait(100)
    expect(text.value).toBe('theirs')
    expect(state()).toMatchObject({ unsaved: false, problem: null })
    type(' and mine')
    await wait(3 * SECOND)
    expect(host.content).toBe('theirs and mine')
  })

  test('that leaves the same text is none', async () => {
    const { type, wait, host, state } = await opened()
    type('!')
    host.write('hello')
    await wait(3 * SECOND)
    expect(host.content).toBe('hello!')
    expect(state().problem).toBe(null)
  })

  test('that survives an expired session is still asked about', async () => {
    const { wait, host, session, state } = await conflicting()
    host.failing.set('refreshLock', 'expired')
    await wait(11 * MINUTE)
    expect(state().problem?.code).toBe('expired')
    host.failing.clear()
    session.renewed()
    await wait(100)
    expect(state().problem?.code).toBe('changed')
    expect(host.content).toBe('theirs')
  })
})

describe('the lock', () => {
  test('is refreshed every ten minutes', async () => {
    const { wait, host } = await opened()
    await wait(35 * MINUTE)
    expect(host.sent.filter(({ name }) => name === 'refreshLock')).toHaveLength(3)
  })

  test('is looked after at once when the machine wakes up', async () => {
    const { wait, host, session } = await opened()
    session.resume()
    await wait(100)
    expect(host.sent.map(({ name }) => name)).toEqual(['open'])
    await wait(2 * MINUTE)
    session.resume()
    await wait(100)
    expect(host.sent.map(({ name }) => name)).toEqual(['open', 'refreshLock'])
  })

  test('a refresh that does not get through is repeated soon, without alarm', async () => {
    const { wait, host, state } = await opened()
    host.failing.set('refreshLock', 'unreachable')
    await wait(11 * MINUTE)
    expect(state().problem).toBe(null)
    expect(host.sent.filter(({ name }) => name === 'refreshLock').length).toBeGreaterThan(1)
  })

  test('that ran out is taken anew, and the save goes through', async () => {
    const { type, wait, host, state } = await opened()
    host.lock = ''
    type('!')
    await wait(3 * SECOND)
    expect(host.content).toBe('hello!')
    expect(host.lock).toBe(MINE)
    expect(state()).toMatchObject({ access: 'edit', problem: null, unsaved: false })
  })

  test('that ran out while somebody else saved, with nothing typed: theirs is shown as soon as it can be read', async () => {
    const { wait, host, text, state } = await opened()
    host.lock = ''
    host.write('theirs')
    host.failing.set('read', 'unreachable')
    await wait(11 * MINUTE)
    expect(text.value).toBe('hello')
    host.failing.clear()
    await wait(2 * MINUTE)
    expect(text.value).toBe('theirs')
    expect(state()).toMatchObject({ access: 'edit', unsaved: false, problem: null })
  })

  test('that ran out while somebody else saved: the person decides', async () => {
    const { type, wait, host, state } = await opened()
    host.lock = ''
    host.write('theirs')
    type(' mine')
    await wait(3 * SECOND)
    expect(host.content).toBe('theirs')
    expect(state()).toMatchObject({ unsaved: true, problem: { code: 'changed' } })
  })

  test('lost to somebody else: the text stays, is not typed on, and is saved when the lock comes back', async () => {
    const { type, wait, host, state, text } = await opened()
    host.lock = 'of-bob'
    type(' mine')
    await wait(3 * SECOND)
    expect(state()).toMatchObject({ access: 'locked', lockReason: 'Bob is here.', unsaved: true })
    expect(isEditable(state())).toBe(false)
    expect(text.value).toBe('hello mine')
    host.lock = ''
    await wait(MINUTE)
    expect(host.content).toBe('hello mine')
    expect(state()).toMatchObject({ access: 'edit', unsaved: false })
  })

  test('held by somebody else at the start: reads along, and edits what that person left', async () => {
    const page = openDocument()
    page.host.lock = 'of-bob'
    void page.session.open()
    await page.wait(100)
    expect(page.state()).toMatchObject({ phase: 'open', access: 'locked', lockReason: 'Bob is here.' })
    page.host.write('bob was here')
    page.host.lock = ''
    await page.wait(20 * SECOND)
    expect(page.state()).toMatchObject({ access: 'edit', unsaved: false, problem: null })
    expect(page.text.value).toBe('bob was here')
  })

  test('of a page of this browser that is gone: waited for first, then taken over', async () => {
    const page = openDocument({ previousLock: 'lock-before' })
    page.host.lock = 'lock-before'
    void page.session.open()
    await page.wait(3 * SECOND)
    expect(page.state().access).toBe('waiting')
    expect(page.host.lock).toBe('lock-before')
    await page.wait(7 * SECOND)
    expect(page.state().access).toBe('edit')
    expect(page.host.lock).toBe(MINE)
  })

  test('waiting is only for the start: later, somebody else is somebody else', async () => {
    const { type, wait, host, state } = await opened({ previousLock: 'lock-before' })
    host.lock = 'of-bob'
    type('!')
    await wait(3 * SECOND)
    expect(state().access).toBe('locked')
  })

  test('a last save that arrives while waiting is what is edited', async () => {
    const page = openDocument({ previousLock: 'lock-before' })
    page.host.lock = 'lock-before'
    void page.session.open()
    await page.wait(SECOND)
    page.host.write('hello, saved at the end')
    page.host.lock = ''
    await page.wait(2 * SECOND)
    expect(page.state().access).toBe('edit')
    expect(page.text.value).toBe('hello, saved at the end')
  })
})

describe('leaving', () => {
  test('closing saves as an exit save, then unlocks', async () => {
    const { type, wait, host, session, state, saves } = await opened()
    type(' bye')
    const closed = session.close()
    await wait(100)
    expect(await closed).toBe(true)
    expect(host.content).toBe('hello bye')
    expect(saves().at(-1)?.ask).toMatchObject({ exit: true, autosave: false })
    expect(host.lock).toBe('')
    expect(state().phase).toBe('closed')
    await wait(30 * MINUTE)
    expect(host.lock).toBe('')
  })

  test('closing without changes saves nothing', async () => {
    const { wait, host, session, saves } = await opened()
    void session.close()
    await wait(100)
    expect(saves()).toEqual([])
    expect(host.lock).toBe('')
  })

  test('what cannot be saved keeps the document open, until the person gives it up', async () => {
    const { type, wait, host, session, state } = await opened()
    host.failing.set('save', 'too-large')
    type(' bye')
    const closed = session.close()
    await wait(100)
    expect(await closed).toBe(false)
    expect(state().phase).toBe('open')
    void session.abandon()
    await wait(100)
    expect(state().phase).toBe('closed')
    expect(host.lock).toBe('')
  })

  test('a page that vanishes sends text and lock in one request', async () => {
    const { type, session } = await opened()
    type(' bye')
    const last = session.leave(1000)
    expect(last?.ask).toMatchObject({ lock: MINE, save: { lock: MINE, basedOn: 't1', exit: true } })
    expect(toText(last?.content ?? new Uint8Array())).toBe('hello bye')
  })

  test('a text too large for that only unlocks', async () => {
    const { type, session } = await opened()
    type('x'.repeat(2000))
    const last = session.leave(1000)
    expect(last?.ask).toEqual({ lock: MINE, save: null })
    expect(last?.content).toHaveLength(0)
  })

  test('in the middle of a save the last one cannot know what it is based on', async () => {
    const { type, session, wait } = await opened()
    type(' bye')
    void session.save()
    await wait(5)
    expect(session.leave(1000)?.ask.save).toMatchObject({ basedOn: '' })
  })

  test('an undecided conflict is never overwritten by leaving', async () => {
    const { type, wait, host, session } = await opened()
    type(' mine')
    host.write('theirs')
    await wait(3 * SECOND)
    expect(session.leave(1000)?.ask).toEqual({ lock: MINE, save: null })
  })

  test('without lock and changes there is nothing to send', async () => {
    const { session } = await opened({ mode: 'view' })
    expect(session.leave(1000)).toBe(null)
  })

  test('a page the browser brings back goes on', async () => {
    const { type, wait, host, session, state } = await opened()
    type(' bye')
    const last = session.leave(1000)
    host.write(toText(last?.content ?? new Uint8Array()))
    host.lock = ''
    session.back()
    await wait(100)
    expect(host.lock).toBe(MINE)
    expect(state()).toMatchObject({ access: 'edit', unsaved: false, problem: null })
  })
})

describe('names', () => {
  test('a rename keeps extension and lock', async () => {
    const { session, wait, state, host } = await opened()
    void session.rename('report')
    await wait(100)
    expect(host.sent.at(-1)?.ask).toEqual({ lock: MINE, name: 'report' })
    expect(state().document?.name).toBe('report.txt')
  })

  test('a document that was renamed around the editor is known by its new name when it is asked for', async () => {
    const { session, wait, state, host } = await opened()
    host.name = 'report.txt'
    const name = session.freshName()
    await wait(100)
    expect(await name).toBe('report.txt')
    expect(state().document?.name).toBe('report.txt')
  })

  test('without an answer the name is the one last known', async () => {
    const { session, wait, state, host } = await opened()
    host.failing.set('info', 'unreachable')
    const name = session.freshName()
    await wait(100)
    expect(await name).toBe('notes.txt')
    expect(state().problem).toBe(null)
  })

  test('a copy takes the text as it is on the screen, saved or not', async () => {
    const { session, wait, host, type, state } = await opened()
    type(' unsaved')
    void session.saveCopy('copy.txt')
    await wait(100)
    expect(host.sent.at(-1)).toMatchObject({ name: 'saveCopy', text: 'hello unsaved' })
    expect(state().unsaved).toBe(true)
  })
})

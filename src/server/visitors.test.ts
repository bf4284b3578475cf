import { describe, expect, it } from 'vitest'
import { createDoor } from './visitors.js'

const here = { address: '192.0.2.7', userAgent: 'a browser' }

function visit(publicUrl: string, headers: Record<string, string> = {}) {
  return createDoor(null, publicUrl).identify(new Request(publicUrl, { headers }), here)
}

describe('cookies', () => {
  it.each([
    [
      'https://docs.example.com',
      /^__Host-wopikit_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    ],
    [
      'https://example.com/docs',
      /^__Secure-wopikit_session=[\w-]{43}; Path=\/docs\/; HttpOnly; SameSite=Lax; Secure$/,
    ],
    ['http://127.0.0.1:8080', /^wopikit_session_8080=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/],
    ['http://localhost', /^wopikit_session_80=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/],
  ])('of %s are as safe as they can be', (publicUrl, cookie) => {
    expect(visit(publicUrl).newCookie).toMatch(cookie)
  })

  it('are given once, and what proves that a page is ours follows from them', () => {
    const url = 'http://127.0.0.1:8080'
    const first = visit(url)
    const cookie = first.newCookie?.split(';')[0] ?? ''
    const second = visit(url, { cookie: `other=1; ${cookie}` })
    expect(second.newCookie).toBeNull()
    expect(second.csrf).toBe(first.csrf)
    expect(visit(url).csrf).not.toBe(first.csrf)
    expect(cookie).not.toContain(first.csrf)
  })

  it('that are not ours are replaced', () => {
    for (const value of ['', 'short', 'x'.repeat(44), `${'x'.repeat(42)}=`])
      expect(visit('http://localhost:1', { cookie: `wopikit_session_1=${value}` }).newCookie).not.toBeNull()
  })

  it('hold the language that was chosen', () => {
    const headers = { 'accept-language': 'zh-CN', cookie: 'wopikit_language=en' }
    expect(visit('http://localhost:1', headers).language).toBe('en')
    expect(visit('http://localhost:1', { ...headers, cookie: 'wopikit_language=xx' }).language).toBe('zh-CN')
  })
})

describe('a page of ours', () => {
  it('is recognised by what it carries', () => {
    const door = createDoor(null, 'http://localhost:1')
    const visitor = visit('http://localhost:1')
    const request = (csrf: string) =>
      new Request('http://localhost:1', { headers: { 'x-wopikit-csrf': csrf } })
    expect(door.isOurs(request(visitor.csrf), visitor)).toBe(true)
    expect(door.isOurs(request(`${visitor.csrf}x`), visitor)).toBe(false)
    expect(door.isOurs(new Request('http://localhost:1'), visitor)).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'
import { memoryHost } from '../../../test/memory-host.js'
import { memoryFileStore } from '../../drivers/memory/file-store.js'
import { sameBytes, sampleBytes } from '../../testing/contract.js'

describe('GetFile', () => {
  it('delivers the exact bytes, their length and the version CheckFileInfo tells', async () => {
    const { getFile, checkFileInfo, files } = memoryHost()
    const bytes = sampleBytes(100_001)
    files.put('doc', 'report.docx', bytes)
    const answer = await getFile()
    expect(answer.status).toBe(200)
    expect(sameBytes(answer.bytes, bytes)).toBe(true)
    expect(answer.header('Content-Length')).toBe('100001')
    expect(answer.header('Content-Type')).toBe('application/octet-stream')
    expect(answer.header('X-WOPI-ItemVersion')).toBe((await checkFileInfo()).json().Version)
    expect(answer.header('Cache-Control')).toBe('no-store')
    expect(answer.header('Content-Encoding')).toBeUndefined()
  })

  it('delivers an empty file as 200 with nothing', async () => {
    const { getFile, files } = memoryHost()
    files.put('doc', 'report.docx', '')
    const answer = await getFile()
    expect([answer.status, answer.text, answer.header('Content-Length')]).toEqual([200, '', '0'])
  })

  it('sends no coding, whatever the client accepts', async () => {
    const { getFile } = memoryHost()
    const answer = await getFile({ 'Accept-Encoding': 'gzip, compress, deflate, br' })
    expect(answer.text).toBe('content')
    expect(answer.header('Content-Encoding')).toBeUndefined()
  })

  it.each([
    ['6', 412],
    ['0', 412],
    ['7', 200],
    ['104857600', 200],
    ['4294967295', 200],
    ['', 200],
    ['lots', 200],
    ['-1', 200],
    ['1.5', 200],
  ])('with X-WOPI-MaxExpectedSize "%s" seven bytes are answered %i', async (limit, status) => {
    const { getFile } = memoryHost()
    const answer = await getFile({ 'X-WOPI-MaxExpectedSize': limit })
    expect(answer.status).toBe(status)
    expect(answer.text).toBe(status === 200 ? 'content' : '')
  })

  it('takes 2147483647 for the limit of a client that names none, and never opens what is larger', async () => {
    const files = memoryFileStore()
    let size = 2_147_483_648
    let reads = 0
    const { getFile } = memoryHost({
      files: {
        async stat(fileId) {
          const file = await files.stat(fileId)
          return file && { ...file, size }
        },
        async read(fileId) {
          reads++
          return files.read(fileId)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    expect((await getFile()).status).toBe(412)
    expect((await getFile({ 'X-WOPI-MaxExpectedSize': 'unreadable' })).status).toBe(412)
    expect(reads).toBe(0)
    expect((await getFile({ 'X-WOPI-MaxExpectedSize': '3000000000' })).status).toBe(200)
    size = 2_147_483_647
    expect((await getFile()).status).toBe(200)
  })

  it.each([
    ['bytes=0-2', 'con', 'bytes 0-2/7'],
    ['bytes=3-', 'tent', 'bytes 3-6/7'],
    ['bytes=-2', 'nt', 'bytes 5-6/7'],
    ['bytes=-100', 'content', 'bytes 0-6/7'],
    ['bytes=2-100', 'ntent', 'bytes 2-6/7'],
    ['bytes=6-6', 't', 'bytes 6-6/7'],
  ])('answers Range %s with 206 and exactly these bytes', async (range, text, contentRange) => {
    const { getFile, version } = memoryHost()
    const answer = await getFile({ Range: range })
    expect([answer.status, answer.text]).toEqual([206, text])
    expect(answer.header('Content-Range')).toBe(contentRange)
    expect(answer.header('Content-Length')).toBe(String(text.length))
    expect(answer.header('X-WOPI-ItemVersion')).toBe(await version())
  })

  it.each(['bytes=0-1,3-4', 'lines=0-2', 'bytes=-', 'bytes=4-2', 'bytes=a-b', '', 'nonsense'])(
    'answers Range "%s" with the whole file',
    async (range) => {
      const { getFile } = memoryHost()
      const answer = await getFile({ Range: range })
      expect([answer.status, answer.text]).toEqual([200, 'content'])
    },
  )

  it.each(['bytes=7-', 'bytes=7-9', 'bytes=-0'])(
    'answers Range %s, outside the file, with 416',
    async (range) => {
      const { getFile } = memoryHost()
      const answer = await getFile({ Range: range })
      expect([answer.status, answer.header('Content-Range')]).toEqual([416, 'bytes */7'])
    },
  )

  it('delivers a range of the version that is meant, else the whole', async () => {
    const { getFile, files } = memoryHost()
    const etag = (await getFile()).header('ETag') ?? ''
    expect((await getFile({ Range: 'bytes=0-0', 'If-Range': etag })).status).toBe(206)
    files.put('doc', 'report.docx', 'changed')
    const answer = await getFile({ Range: 'bytes=0-0', 'If-Range': etag })
    expect([answer.status, answer.text]).toEqual([200, 'changed'])
  })

  it('answers 304 to a client that has this version, and the content once it has changed', async () => {
    const { getFile, files } = memoryHost()
    const etag = (await getFile()).header('ETag') ?? ''
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      const answer = await getFile({ 'If-None-Match': known })
      expect([answer.status, answer.text, answer.header('ETag')]).toEqual([304, '', etag])
    }
    files.put('doc', 'report.docx', 'changed')
    expect((await getFile({ 'If-None-Match': etag })).text).toBe('changed')
  })

  it('does not care about locks, and is open to somebody who may only look', async () => {
    const { getFile, post } = memoryHost()
    await post('LOCK', { 'X-WOPI-Lock': 'A' })
    expect((await getFile({}, { permission: 'view' })).status).toBe(200)
  })

  it('never delivers a file that grew over the limit after it was looked at', async () => {
    const files = memoryFileStore()
    let reads = 0
    const { getFile } = memoryHost({
      files: {
        stat: files.stat,
        async read(fileId, range) {
          if (++reads === 1) files.put('doc', 'report.docx', 'much longer now')
          return files.read(fileId, range)
        },
      },
    })
    files.put('doc', 'report.docx', 'content')
    expect((await getFile({ 'X-WOPI-MaxExpectedSize': '10' })).status).toBe(412)
    expect(reads).toBe(1)
    files.put('doc', 'report.docx', 'content')
    reads = 0
    const answer = await getFile()
    expect([answer.text, answer.header('Content-Length')]).toEqual(['much longer now', '15'])
    expect(answer.header('X-WOPI-ItemVersion')).toBe((await files.stat('doc'))?.version)
  })
})

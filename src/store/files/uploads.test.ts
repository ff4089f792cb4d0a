import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { jpeg, png, webp } from '../../../test/support/pictures.ts'
import { Refusal } from '../../core/errors.ts'
import { Quota } from '../../core/quota.ts'
import { type UploadRules, Uploads } from './uploads.ts'

function makeUploads(rules: Partial<UploadRules> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'belvedere-uploads-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'uploads')
  const space = { max: 100_000, share: 50_000 }
  const all = { folder, maxBytes: 10_000, space, maxPixels: 1_000_000, ...rules }
  return { folder, uploads: new Uploads(all), again: () => new Uploads(all) }
}

describe('uploads', () => {
  it.each([
    ['JPEG', jpeg(16, 8), 'image/jpeg', 'jpg'],
    ['PNG', png(16, 8), 'image/png', 'png'],
    ['WebP', webp(16, 8), 'image/webp', 'webp'],
  ])('keep a %s by what it is, whatever it is called', async (_kind, bytes, mediaType, extension) => {
    const { folder, uploads } = makeUploads()
    const name = await uploads.save('page.html', bytes)
    expect(name).toMatch(new RegExp(`^page-[A-Za-z0-9_-]{24}\\.${extension}$`))
    expect(readFileSync(join(folder, name)).equals(bytes)).toBe(true)
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual([name])
    const upload = await uploads.find(name)
    expect(upload).toMatchObject({ mediaType, size: bytes.length })
    expect((await buffer(upload.read())).equals(bytes)).toBe(true)
  })

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\Gate 3 (north).jpeg', 'Gate-3-north'],
    ['..', 'picture'],
    ['.htaccess', 'picture'],
    ['\0\r\n"<script>', 'script'],
    ['工地.png', 'picture'],
    [`${'x'.repeat(100)}.jpg`, 'x'.repeat(40)],
    ['a_b-c.tar.gz', 'a_b-c-tar'],
  ])('clean the name %j', async (given, stem) => {
    const { folder, uploads } = makeUploads()
    const name = await uploads.save(given, jpeg(8, 8))
    expect(name.slice(0, -29)).toBe(stem)
    expect(readdirSync(folder)).toEqual([name])
    expect(await uploads.find(name)).toHaveProperty('mediaType', 'image/jpeg')
  })

  it('give two of one name two names', async () => {
    const { uploads } = makeUploads()
    const names = await Promise.all([uploads.save('a', jpeg(8, 8)), uploads.save('a', jpeg(8, 8))])
    expect(new Set(names).size).toBe(2)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['a GIF', Buffer.from('GIF89a\x01\0\x01\0\x80\0\0')],
    ['HTML that begins as a JPEG', Buffer.from('\xff\xd8\xff<script>alert(1)</script>', 'latin1')],
    ['half a PNG', png(16, 8).subarray(0, 40)],
  ])('refuse %s', async (_what, bytes) => {
    const { folder, uploads } = makeUploads()
    await expect(uploads.save('a.jpg', bytes)).rejects.toMatchObject({ code: 'unsupported' })
    expect(existsSync(folder)).toBe(false)
  })

  it('refuse what is too large, in bytes or in pixels', async () => {
    const { uploads } = makeUploads({ maxBytes: 5000, maxPixels: 100 })
    await expect(uploads.save('a', jpeg(8, 8, 6000))).rejects.toThrow(/at most 5000 bytes/)
    await expect(uploads.save('a', jpeg(16, 8))).rejects.toThrow(/at most 0.0001 megapixels, this one has 16 × 8/)
  })

  it('take together no more than is allowed, also after a restart, and go on when some are removed', async () => {
    const bytes = jpeg(8, 8, 4000)
    const { folder, uploads, again } = makeUploads({ space: { max: bytes.length * 2, share: bytes.length * 2 } })
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => uploads.save('a', bytes)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
    await expect(again().save('a', bytes)).rejects.toMatchObject({ code: 'exhausted' })
    rmSync(join(folder, readdirSync(folder)[0] ?? ''))
    await uploads.save('a', bytes)
    await expect(uploads.save('a', bytes)).rejects.toThrow(/some must be removed first/)
  })

  it('leave nothing behind of somebody who may not upload any more when the picture is written', async () => {
    const { folder, uploads } = makeUploads()
    for (const isWritten of [false, true]) {
      let calls = 0
      const check = () => {
        if (++calls > Number(isWritten)) throw new Refusal('unauthenticated', 'No longer allowed: signed out.')
      }
      await expect(uploads.save('a', jpeg(8, 8), undefined, check)).rejects.toThrow('No longer allowed')
      expect(readdirSync(folder)).toEqual([])
    }
  })

  it('of one owner take no more than a share, also after a restart, and some room is kept for admins', async () => {
    const bytes = jpeg(8, 8, 4000)
    const n = (files: number) => files * bytes.length
    const { folder, uploads, again } = makeUploads({ space: { max: n(6), share: n(2), reserved: n(2) } })
    const [mallory, bob, ann] = ['user:1', 'user:2', 'user:3'].map((client) => ({ client, isPrivileged: false }))
    const names = [await uploads.save('a', bytes, mallory), await uploads.save('b', bytes, mallory)]
    const isFull = { code: 'limited', limit: 'uploads.bytes_per_user' }
    await expect(uploads.save('c', bytes, mallory)).rejects.toMatchObject(isFull)
    const later = again()
    await expect(later.save('c', bytes, mallory)).rejects.toMatchObject(isFull)
    for (let i = 0; i < 2; i++) await later.save('d', bytes, bob)
    await expect(later.save('e', bytes, ann)).rejects.toMatchObject({
      code: 'exhausted',
      limit: 'uploads.bytes_reserved',
    })
    for (let i = 0; i < 2; i++) names.push(await later.save('f', bytes))
    await expect(later.save('g', bytes)).rejects.toMatchObject({ code: 'exhausted', limit: 'uploads.max_total_bytes' })
    for (const name of names) {
      await expect(later.find(name)).resolves.toHaveProperty('size', bytes.length)
      rmSync(join(folder, name))
    }
    await later.save('h', bytes, mallory)
  })

  it('tell their owner to nobody but this server', async () => {
    const { folder, uploads } = makeUploads()
    const { uploads: elsewhere } = makeUploads()
    const tagOf = async (from: Uploads, client: string) =>
      (await from.save('a', jpeg(8, 8), { client, isPrivileged: false })).slice(2, 6)
    expect(await tagOf(uploads, 'user:1')).toBe(await tagOf(uploads, 'user:1'))
    expect(await tagOf(uploads, 'user:1')).not.toBe(await tagOf(uploads, 'user:2'))
    expect(await tagOf(uploads, 'user:1')).not.toBe(await tagOf(elsewhere, 'user:1'))
    const key = join(folder, '.owner-key')
    expect([statSync(key).mode & 0o777, statSync(key).size]).toEqual([0o600, 32])
    await expect(uploads.find('.owner-key')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('of nobody in particular have names that are random throughout, as those from before', async () => {
    const { folder, uploads } = makeUploads()
    const names = [await uploads.save('a', jpeg(8, 8)), await uploads.save('a', jpeg(8, 8))]
    expect(names[0]?.slice(0, 6)).not.toBe(names[1]?.slice(0, 6))
    expect(readdirSync(folder).sort()).toEqual(names.sort())
  })

  it('make a new key when the server was killed while it made the first', async () => {
    const { folder, uploads } = makeUploads()
    mkdirSync(folder)
    writeFileSync(join(folder, '.owner-key'), 'half')
    await uploads.save('a', jpeg(8, 8), { client: 'user:1', isPrivileged: false })
    expect(statSync(join(folder, '.owner-key'))).toMatchObject({ size: 32 })
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it('are counted once, not for each that is refused', async () => {
    const { folder, uploads } = makeUploads({ space: { max: 3000, share: 3000 } })
    await uploads.save('a', jpeg(8, 8, 1500))
    // A while ago: what has changed just now is counted again, as it may still change within the same tick of the clock.
    utimesSync(folder, 0, Date.now() / 1000 - 10)
    const counted = vi.spyOn(Quota.prototype, 'add')
    onTestFinished(() => counted.mockRestore())
    for (let i = 0; i < 5; i++) await expect(uploads.save('b', jpeg(8, 8, 1600))).rejects.toThrow(/max_total_bytes/)
    expect(counted.mock.calls.length).toBeLessThanOrEqual(1)
    rmSync(join(folder, readdirSync(folder)[0] ?? ''))
    await uploads.save('b', jpeg(8, 8, 1600))
  })

  it('clear away what a server that was killed left unfinished, not what another may be writing', async () => {
    const { folder, uploads } = makeUploads()
    mkdirSync(folder)
    for (const name of ['.unfinished-x', '.unfinished-y']) writeFileSync(join(folder, name), 'half')
    utimesSync(join(folder, '.unfinished-x'), 0, Date.now() / 1000 - 120)
    const name = await uploads.save('a', jpeg(8, 8))
    expect(readdirSync(folder).toSorted()).toEqual(['.unfinished-y', name])
  })

  it('are opened when they are read, and may have been removed by then', async () => {
    const { folder, uploads } = makeUploads()
    const name = await uploads.save('a', jpeg(8, 8))
    const bytes = (await uploads.find(name)).read()[Symbol.asyncIterator]()
    rmSync(join(folder, name))
    await expect(bytes.next()).rejects.toMatchObject({ code: 'not_found' })
  })

  it('give out nothing but what was put down here', async () => {
    const { folder, uploads } = makeUploads()
    const name = await uploads.save('a', jpeg(8, 8))
    writeFileSync(join(folder, '..', 'secret.jpg'), 'secret')
    writeFileSync(join(folder, 'secret.jpg'), 'secret')
    const link = `link-${'x'.repeat(24)}.jpg`
    symlinkSync(join(folder, name), join(folder, link))
    const others = ['', '.', '..', '../secret.jpg', 'secret.jpg', `${name}\0`, `./${name}`, `../uploads/${name}`, link]
    for (const other of [...others, `a-${'x'.repeat(24)}.jpg`, name.replace('.jpg', '.html'), `${name}\n`])
      await expect(uploads.find(other), other).rejects.toMatchObject({ code: 'not_found' })
  })
})

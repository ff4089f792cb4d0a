import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { DAY_MS } from '../../core/clock.ts'
import type { EventPicture } from '../../core/event.ts'
import type { PictureOwner } from '../../core/event-pictures.ts'
import { type EncodedImage, IMAGE_TYPES } from '../../core/payload.ts'
import { EventPictureFiles, type EventPictureRules } from './event-pictures.ts'

function imageOf(bytes: Uint8Array, mediaType: EncodedImage['mediaType'] = 'image/jpeg'): EncodedImage {
  return { kind: 'image', bytes, mediaType, width: 8, height: 8 }
}

/** A picture that takes so many blocks of the disk, of this content. */
const blocks = (count: number, content = 1) => imageOf(new Uint8Array(count * 4096).fill(content))

function make(rules: Partial<EventPictureRules> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'belvedere-pictures-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'event-pictures')
  const clock = new ManualClock()
  const logged: string[] = []
  const limits: string[] = []
  const note = (_fields: object, text: string) => logged.push(text)
  const disk = { free: Number.POSITIVE_INFINITY, held: undefined as Promise<void> | undefined }
  const open = () => {
    const pictures = new EventPictureFiles({
      clock,
      log: { error: note, warn: note, info: note },
      counters: { limited: (limit) => limits.push(limit) },
      rules: { folder, bytes: 100 * 4096, age: DAY_MS, waitingBytes: 1e9, freeBytes: 1000, ...rules },
      async freeBytesOf() {
        await disk.held
        return disk.free
      },
    })
    onTestFinished(() => pictures.close())
    return pictures
  }
  return { folder, clock, logged, limits, disk, open, pictures: open() }
}

/** Saves a picture, which must succeed. */
async function saved(pictures: EventPictureFiles, image: EncodedImage, owner: PictureOwner = {}) {
  const picture = await pictures.save(image, owner)
  if (!picture) throw new Error('the picture was not stored')
  return picture
}

async function bytesOf(pictures: EventPictureFiles, picture: EventPicture): Promise<Buffer | undefined> {
  const found = await pictures.find(picture)
  if (!found) return undefined
  const parts: Uint8Array[] = []
  for await (const part of found.read()) parts.push(part)
  const bytes = Buffer.concat(parts)
  expect(found).toMatchObject({ mediaType: picture.mediaType, size: bytes.length })
  return bytes
}

/** Which of them are still there, by their place in the list. */
async function kept(pictures: EventPictureFiles, list: readonly EventPicture[]): Promise<number[]> {
  const found = await Promise.all(list.map((picture) => pictures.find(picture)))
  return found.flatMap((each, index) => (each ? [index] : []))
}

describe('the pictures of events', () => {
  it('are given back byte by byte, also after a restart', async () => {
    const { open, folder, pictures } = make()
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.constantFrom(...IMAGE_TYPES),
        fc.option(fc.string(), { nil: undefined }),
        fc.option(fc.string(), { nil: undefined }),
        async (bytes, mediaType, publisher, label) => {
          const picture = await saved(pictures, imageOf(bytes, mediaType), { publisher, label })
          expect(picture.mediaType).toBe(mediaType)
          expect(await bytesOf(pictures, picture)).toEqual(Buffer.from(bytes))
          expect(await bytesOf(open(), picture)).toEqual(Buffer.from(bytes))
        },
      ),
      { numRuns: 25 },
    )
    const [name = ''] = readdirSync(folder)
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })

  it('take no more than they may: the oldest make room, also after a restart', async () => {
    const { open, folder, pictures } = make({ bytes: 3 * 4096 })
    const list = [await saved(pictures, blocks(1)), await saved(pictures, blocks(1)), await saved(pictures, blocks(1))]
    list.push(await saved(pictures, imageOf(Buffer.from('small'))))
    expect(await kept(pictures, list)).toEqual([1, 2, 3])
    const again = open()
    list.push(await saved(again, blocks(2)))
    expect(await kept(again, list)).toEqual([3, 4])
    expect(readdirSync(folder)).toHaveLength(2)
    expect(await again.save(blocks(4), {})).toBeUndefined()
    expect(await kept(again, list)).toEqual([3, 4])
  })

  it('of one publisher push out its own, of its largest label, also after a restart', async () => {
    const { open, pictures } = make({ bytes: 5 * 4096 })
    const list = [await saved(pictures, blocks(1), { publisher: 'key:1', label: 'North' })]
    list.push(await saved(pictures, blocks(1), { publisher: 'key:2', label: 'North' }))
    for (let i = 0; i < 3; i++) list.push(await saved(pictures, blocks(1), { publisher: 'key:2', label: 'South' }))
    const again = open()
    for (let i = 0; i < 3; i++) list.push(await saved(again, blocks(1), { publisher: 'key:2', label: 'South' }))
    expect(await kept(again, list)).toEqual([0, 1, 5, 6, 7])
  })

  it('are kept for so long', async () => {
    const { clock, folder, open, pictures } = make()
    await saved(pictures, blocks(1))
    clock.advance(DAY_MS / 2)
    const later = await saved(pictures, blocks(1))
    clock.advance(DAY_MS / 2 + 3_600_000)
    await pictures.close()
    expect(readdirSync(folder)).toEqual([`${later.id}.jpg`])
    const again = open()
    const last = await saved(again, blocks(1))
    clock.advance(DAY_MS + 3_600_000)
    await again.close()
    expect(readdirSync(folder)).toEqual([`${last.id}.jpg`])
  })

  it('are not deleted because the clock is ahead when the server starts', async () => {
    const { clock, folder, open, pictures } = make()
    const picture = await saved(pictures, blocks(1))
    await pictures.close()
    clock.setBy(100 * DAY_MS)
    const again = open()
    await saved(again, blocks(1))
    clock.advance(3_600_000)
    await again.close()
    expect(readdirSync(folder)).toContain(`${picture.id}.jpg`)
  })

  it('are not deleted because the clock is set forward', async () => {
    const { clock, folder, pictures } = make()
    await saved(pictures, blocks(1))
    clock.setBy(1000 * DAY_MS)
    clock.advance(3_600_000)
    await pictures.close()
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('are not stored on a full disk, and again once there is room; it is logged once', async () => {
    const { disk, folder, logged, pictures } = make()
    disk.free = 999
    expect([await pictures.save(blocks(1), {}), await pictures.save(blocks(1), {})]).toEqual([undefined, undefined])
    disk.free = 1000
    await saved(pictures, blocks(1))
    expect(readdirSync(folder)).toHaveLength(1)
    expect(logged).toEqual(['pictures of events cannot be stored', 'pictures of events are stored again'])
  })

  it('are not stored where there can be no folder', async () => {
    const { folder, logged, pictures } = make()
    writeFileSync(folder, 'a file')
    expect(await pictures.save(blocks(1), {})).toBeUndefined()
    expect(logged.at(-1)).toBe('pictures of events cannot be stored')
    rmSync(folder)
    await saved(pictures, blocks(1))
  })

  it('are not stored before it is known which there are', async () => {
    const { folder, logged, open, pictures } = make({ bytes: 3 * 4096 })
    const list = [await saved(pictures, blocks(1)), await saved(pictures, blocks(1))]
    renameSync(folder, `${folder}-away`)
    writeFileSync(folder, 'a file')
    const again = open()
    expect(await again.save(blocks(1), {})).toBeUndefined()
    expect(logged).toEqual(['the pictures of events cannot be read', 'pictures of events cannot be stored'])
    rmSync(folder)
    renameSync(`${folder}-away`, folder)
    list.push(await saved(again, blocks(2)))
    expect(await kept(again, list)).toEqual([1, 2])
  })

  it('that wait for the disk are few, and nobody waits for it for long', async () => {
    const { clock, disk, folder, limits, open, pictures } = make({ waitingBytes: 2 * 4096 })
    const { promise, resolve } = Promise.withResolvers<void>()
    disk.held = promise
    const first = pictures.save(blocks(2), {})
    expect(await pictures.save(blocks(1), {})).toBeUndefined()
    expect(limits).toEqual(['events.picture_waiting_bytes'])
    clock.advance(5000)
    expect(await first).toBeUndefined()
    resolve()
    // The first is written after all.
    await pictures.close()
    expect(readdirSync(folder)).toHaveLength(1)
    await saved(open(), blocks(2))
  })

  it('of one publisher that wait for the disk leave room for those of others', async () => {
    const { disk, limits, pictures } = make({ waitingBytes: 4 * 4096 })
    const { promise, resolve } = Promise.withResolvers<void>()
    disk.held = promise
    const save = (publisher: string) => pictures.save(blocks(1), { publisher })
    const waiting = ['key:1', 'key:1', 'key:2'].map(save)
    expect(await save('key:1')).toBeUndefined()
    expect(limits).toEqual(['events.picture_waiting_bytes'])
    waiting.push(save('key:3'))
    expect(limits).toHaveLength(1)
    resolve()
    expect((await Promise.all(waiting)).every((picture) => picture !== undefined)).toBe(true)
  })

  it('that a server left unfinished when it was killed are cleared away; what another may be writing is left alone', async () => {
    const { folder, open, pictures } = make()
    await saved(pictures, blocks(1))
    writeFileSync(join(folder, '.unfinished-x'), 'half')
    utimesSync(join(folder, '.unfinished-x'), 0, Date.now() / 1000 - 120)
    writeFileSync(join(folder, '.unfinished-y'), 'half')
    writeFileSync(join(folder, 'mine.txt'), 'mine')
    await open().close()
    expect(existsSync(join(folder, '.unfinished-x'))).toBe(false)
    expect(existsSync(join(folder, '.unfinished-y'))).toBe(true)
    expect(existsSync(join(folder, 'mine.txt'))).toBe(true)
  })

  it('that several servers with the same folder store in the same millisecond are each there', async () => {
    const { open, pictures, logged } = make()
    const servers = [pictures, ...Array.from({ length: 9 }, open)]
    const kept = await Promise.all(servers.flatMap((each) => [saved(each, blocks(1)), saved(each, blocks(1))]))
    expect(new Set(kept.map(({ id }) => id)).size).toBe(20)
    for (const picture of kept) expect(await pictures.find(picture)).toBeDefined()
    expect(logged).toEqual([])
  })

  it('are opened when they are read, and may have been removed by then', async () => {
    const { folder, pictures } = make()
    const { id, mediaType } = await saved(pictures, blocks(1))
    const found = await pictures.find({ id, mediaType })
    const bytes = found?.read()[Symbol.asyncIterator]()
    rmSync(join(folder, `${id}.jpg`))
    await expect(bytes?.next()).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are nothing else but what was put there', async () => {
    const { folder, pictures } = make()
    const { id, mediaType } = await saved(pictures, blocks(1))
    const name = `${id}.jpg`
    writeFileSync(join(folder, '..', name), new Uint8Array(4096))
    for (const other of ['', '..', `../${id}`, `./${id}`, `${id}\0`, id.replace('4096', '4095')])
      expect(await pictures.find({ id: other, mediaType }), other).toBeUndefined()
    expect(await pictures.find({ id, mediaType: 'image/png' })).toBeUndefined()
    // After a power failure: the name is there, the bytes are not.
    writeFileSync(join(folder, name), '')
    expect(await pictures.find({ id, mediaType })).toBeUndefined()
    rmSync(join(folder, name))
    mkdirSync(join(folder, name))
    expect(await pictures.find({ id, mediaType })).toBeUndefined()
    rmSync(join(folder, name), { recursive: true })
    symlinkSync(join(folder, '..', name), join(folder, name))
    expect(await pictures.find({ id, mediaType })).toBeUndefined()
  })
})

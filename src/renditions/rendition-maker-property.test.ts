import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CAMERA, guest, makeRenditions } from '../../test/support/renditions.ts'
import type { PictureWish } from '../core/demand.ts'
import { Refusal } from '../core/errors.ts'
import { isImageFrame } from '../core/frame.ts'
import { ScalerFailure, UndecodablePicture } from './scaler.ts'

const wish: fc.Arbitrary<PictureWish & { maxFps?: number }> = fc.oneof(
  fc.record({ width: fc.constantFrom(100, 320, 640, 5000) }),
  fc.record({ quality: fc.constantFrom('low' as const, 'high' as const), onlyJpeg: fc.boolean() }),
  fc.record({ width: fc.constantFrom(160, 1280), maxFps: fc.constantFrom(0, 3, 30) }),
)
const who = fc.constantFrom('ann', 'ben', 'cleo')
const action = fc.oneof(
  fc.record({ do: fc.constant('publish' as const), width: fc.constantFrom(100, 700, 2000, 9000), type: fc.boolean() }),
  fc.record({ do: fc.constant('watch' as const), who, wish }),
  fc.record({ do: fc.constant('change' as const), which: fc.nat(5), wish }),
  fc.record({ do: fc.constant('leave' as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant('finish' as const), how: fc.constantFrom('well', 'well', 'undecodable', 'crashed') }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(5, 50, 500) }),
  fc.record({ do: fc.constant('threads' as const), count: fc.nat(2) }),
  fc.record({ do: fc.constant('snapshot' as const), who, wish }),
  fc.record({ do: fc.constant('remove' as const) }),
)

it('whatever happens, viewers go forward, JPEG readers get JPEGs, and nothing is left when all have gone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const test = makeRenditions({ places: { max: 3, share: 2 } }, 2)
      const { hub, clock, maker, scaler } = test
      const people = { ann: guest('ann'), ben: guest('ben'), cleo: guest('cleo') }
      const snapshots: Promise<unknown>[] = []
      const viewers: {
        watch: ReturnType<typeof test.watch>
        wish: PictureWish & { maxFps?: number }
        last: [number, number]
      }[] = []
      const viewerAt = (which: number) => viewers[which % Math.max(1, viewers.length)]
      const look = () => {
        for (const viewer of viewers)
          for (let next = viewer.watch.viewer.next(clock.now()); typeof next === 'object'; ) {
            const { frame } = next
            const serial = Number(frame.id.split('-')[0])
            const [last, width] = viewer.last
            expect(serial).toBeGreaterThanOrEqual(last)
            if (serial === last) expect(frame.payload.width).toBeGreaterThan(width)
            if (viewer.wish.onlyJpeg) expect(frame.payload.mediaType).toBe('image/jpeg')
            viewer.last = [serial, frame.payload.width]
            next = viewer.watch.viewer.next(clock.now())
          }
        expect(maker.running).toBeLessThanOrEqual(3)
      }
      for (const step of actions) {
        if (step.do === 'publish')
          test.publish({ width: step.width, height: 300 }, step.type ? { mediaType: 'image/png' } : {})
        else if (step.do === 'watch')
          viewers.push({ watch: test.watch(step.wish, people[step.who]), wish: step.wish, last: [0, 0] })
        else if (step.do === 'change') {
          const viewer = viewerAt(step.which)
          if (!viewer || viewer.wish.onlyJpeg || step.wish.onlyJpeg) continue
          // Who watches nothing shows nothing, and may get the last frame again, but no older one.
          if (step.wish.maxFps === 0) viewer.last = [viewer.last[0], 0]
          viewer.wish = step.wish
          viewer.watch.change(step.wish)
        } else if (step.do === 'leave') {
          viewerAt(step.which)?.watch.viewer.close()
          viewers.splice(step.which % Math.max(1, viewers.length), 1)
        } else if (step.do === 'finish') {
          if (step.how === 'well') await scaler.jobs[0]?.finish()
          else if (step.how === 'crashed') await scaler.jobs[0]?.fail(new ScalerFailure('crashed'))
          else await scaler.jobs[0]?.fail(new UndecodablePicture('cut'))
        } else if (step.do === 'wait') clock.advance(step.ms)
        else if (step.do === 'threads') {
          // All hang, or another one can begin.
          scaler.threads = scaler.jobs.length + step.count
          scaler.isStuck = step.count === 0
          if (step.count > 0) scaler.becomeIdle()
        } else if (step.do === 'snapshot') {
          const [stream] = hub.directory.list(people.ann)
          if (!stream?.newest || !isImageFrame(stream.newest)) continue
          const asked = hub.pictures.of(people[step.who], stream.newest, step.wish)
          snapshots.push(asked.catch((error) => expect(error).toBeInstanceOf(Refusal)))
        } else if (hub.directory.list(people.ann).length > 0) {
          hub.remove({ ...people.ann, grants: [{ actions: ['administer', 'view'], scope: { kind: 'all' } }] }, CAMERA)
          for (const viewer of viewers) viewer.last = [0, 0]
        }
        look()
      }
      for (const { watch } of viewers) watch.viewer.close()
      scaler.threads = scaler.jobs.length + 1
      scaler.becomeIdle()
      while (scaler.jobs.length > 0) await scaler.jobs[0]?.finish()
      clock.advance(1000)
      await Promise.all(snapshots)
      expect([maker.running, maker.waiting, scaler.jobs.length]).toEqual([0, 0, 0])
      // Everybody has their whole share again.
      for (const key of ['a', 'b', 'c']) test.publish({ width: 2000, height: 300 }, {}, { label: 'site', key })
      for (const person of Object.values(people)) {
        const own = ['a', 'b', 'c'].map((key) => test.watch({ width: 320 }, person, { label: 'site', key }))
        expect(maker.running).toBe(2)
        for (const { viewer } of own) viewer.close()
      }
    }),
    { numRuns: 500 },
  )
})

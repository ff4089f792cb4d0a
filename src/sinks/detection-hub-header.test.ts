import { describe, expect, it } from 'vitest'
import { frameInput } from '../../test/support/hub.ts'
import type { Annotations } from '../core/annotations.ts'
import { Frame, type ImageFrame } from '../core/frame.ts'
import type { Size } from '../core/payload.ts'
import { NO_ANNOTATIONS } from '../wire/annotation-fields.ts'
import { detectionHubHeader } from './detection-hub-header.ts'

/** A frame of 64 × 48 pixels, whose picture may have another size. */
function frameOf(picture: Size, named: Partial<Annotations> = {}): ImageFrame {
  const payload = { kind: 'image', bytes: new Uint8Array(1), mediaType: 'image/jpeg', ...picture } as const
  return new Frame(
    {
      ...frameInput('site', 'cam'),
      payload,
      annotations: { ...NO_ANNOTATIONS, ...named },
    },
    '1-0',
    1,
    1,
  )
}

describe('what coordinates refer to', () => {
  it('is what the detector said, and 0 where it said nothing of the picture that it sent', () => {
    expect(detectionHubHeader(frameOf({ width: 64, height: 48 }))).toMatchObject({ width: '0', height: '0' })
    const named = frameOf({ width: 64, height: 48 }, { width: 640, height: 480 })
    expect(detectionHubHeader(named)).toMatchObject({ width: '640', height: '480' })
    expect(detectionHubHeader(frameOf({ width: 48, height: 64 }))).toMatchObject({ width: '0', height: '0' })
  })

  it('is nothing where what the detector wrote has no such fields', () => {
    const unnamed = frameOf({ width: 64, height: 48 }, { width: undefined, height: undefined })
    expect(detectionHubHeader(unnamed)).toMatchObject({ width: '', height: '' })
  })

  it('is the original where the picture is a rendition', () => {
    expect(detectionHubHeader(frameOf({ width: 32, height: 24 }))).toMatchObject({ width: '64', height: '48' })
    const named = frameOf({ width: 32, height: 24 }, { width: 640, height: 480 })
    expect(detectionHubHeader(named)).toMatchObject({ width: '640', height: '480' })
  })
})

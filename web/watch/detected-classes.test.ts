import { describe, expect, it } from 'vitest'
import { shapesOf } from '../../client/overlay/shapes.ts'
import { DetectedClassesTracker } from './detected-classes.ts'

const overlayOf = (...classes: string[]) =>
  shapesOf({ detection_items: classes.map((name) => [0, 0, 1, 1, 1, name]) }, { width: 8, height: 8 }, [])

describe('DetectedClassesTracker', () => {
  it('remembers every class and kind, also when they are gone', () => {
    const detectedClasses = new DetectedClassesTracker()
    expect(detectedClasses.look(overlayOf('Person', 'Cone'), 'without')).toBe(true)
    expect(detectedClasses.look(overlayOf('Person'), 'without')).toBe(false)
    expect(detectedClasses.look(overlayOf(), 'with warnings')).toBe(true)
    expect(detectedClasses.seen).toEqual({ kinds: ['boxes', 'warnings'], classes: ['Cone', 'Person'] })
  })

  it('does not grow without end', () => {
    const detectedClasses = new DetectedClassesTracker()
    for (let i = 0; i < 1000; i++) detectedClasses.look(overlayOf(`thing ${i}`), 'without')
    expect(detectedClasses.seen.classes).toHaveLength(60)
  })
})

import { describe, expect, it } from 'vitest'
import { shapesOf } from '../overlay/shapes.ts'
import { Sightings } from './detected-classes.ts'

const overlayOf = (...classes: string[]) =>
  shapesOf({ detection_items: classes.map((name) => [0, 0, 1, 1, 1, name]) }, { width: 8, height: 8 }, [])

describe('Sightings', () => {
  it('remembers every class and kind, also when they are gone', () => {
    const sightings = new Sightings()
    expect(sightings.look(overlayOf('Person', 'Cone'), 'without')).toBe(true)
    expect(sightings.look(overlayOf('Person'), 'without')).toBe(false)
    expect(sightings.look(overlayOf(), 'with warnings')).toBe(true)
    expect(sightings.seen).toEqual({ kinds: ['boxes', 'warnings'], classes: ['Cone', 'Person'] })
  })

  it('does not grow without end', () => {
    const sightings = new Sightings()
    for (let i = 0; i < 1000; i++) sightings.look(overlayOf(`thing ${i}`), 'without')
    expect(sightings.seen.classes).toHaveLength(60)
  })
})

import { clamp } from '../src/core/numbers.ts'

/** Deterministic pseudo-random number (hash) from 0 to below 1, for integers. */
export function random(seed: number, ...at: readonly number[]): number {
  let mixed = seed | 0
  for (const number of at) {
    mixed = Math.imul(mixed ^ (number + 0x9e3779b9), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    mixed ^= mixed >>> 16
  }
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return ((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 32
}

/** Smooth noise between -1 and 1 (value noise), with a new random value at each integer `t`. */
export function drift(seed: number, t: number): number {
  const step = Math.floor(t)
  const value = (at: number) => 2 * random(seed, at) - 1
  return mix(value(step), value(step + 1), ease(t - step))
}

/** Eases from 0 at `t` = 0 to 1 at `t` = 1 (smoothstep); 0 before and 1 after. */
export function ease(t: number): number {
  const bounded = clamp(t, 0, 1)
  return bounded * bounded * (3 - 2 * bounded)
}

/** Linear interpolation between `a` (`t` = 0) and `b` (`t` = 1). */
export function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t
}

/**
 * Keyframe animation: the value at time `t`, eased between keyframes. Times ascend; constant before the first and after
 * the last.
 */
export function keyed(keys: readonly (readonly [time: number, value: number])[], t: number): number {
  let [before, from] = keys[0] ?? [0, 0]
  for (const [time, value] of keys) {
    if (t < time) return mix(from, value, ease((t - before) / (time - before)))
    before = time
    from = value
  }
  return from
}

/** Remainder of a division that is never negative. */
export function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}

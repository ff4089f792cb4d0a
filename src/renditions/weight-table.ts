/** How the samples of one axis are mixed to fewer. */
export interface WeightTable {
  /** How many samples go into each of the fewer, at most. */
  readonly taps: number
  /** For each: the first of its samples; there are `taps` from there on. */
  readonly starts: Uint32Array
  /** For each: the weights of its samples, in 256ths; their sum is 256. */
  readonly weights: Uint16Array
}

/**
 * The weights of an area filter: a sample counts by how much of it lies within the new one. Right for shrinking: every
 * sample is used, and there are neither moiré nor halos.
 * @param from the number of samples, at least 1
 * @param to the number of new samples, at least 1
 */
export function weightTable(from: number, to: number): WeightTable {
  const ratio = from / to
  const first = (i: number) => Math.min(Math.floor(i * ratio + TINY), from - 1)
  const end = (i: number) => Math.min(Math.ceil((i + 1) * ratio - TINY), from)
  let taps = 1
  for (let i = 0; i < to; i++) taps = Math.max(taps, end(i) - first(i))
  const starts = new Uint32Array(to)
  const weights = new Uint16Array(to * taps)
  for (let i = 0; i < to; i++) {
    const start = Math.min(first(i), from - taps)
    starts[i] = start
    // Differences of rounded sums, so that the weights add up.
    let before = 0
    for (let tap = 0; tap < taps; tap++) {
      const covered = Math.min(Math.max((start + tap + 1) / ratio - i, 0), 1)
      const sum = Math.round(covered * WHOLE)
      weights[i * taps + tap] = sum - before
      before = sum
    }
  }
  return { taps, starts, weights }
}

/** All weights of a new sample together. */
const WHOLE = 256

/** What rounding errors add to an edge at most, in samples. */
const TINY = 1e-6

/** A weight table as resampler.wat reads it. */
export interface MixTable {
  readonly bytes: Uint8Array
  /** Of each new row, or of each pair of new columns. */
  readonly entryBytes: number
}

/** The table of the columns. */
export function columnTable(from: number, to: number): MixTable {
  const { taps, starts, weights } = weightTable(from, to)
  const entryBytes = COLUMN_HEAD_BYTES + 2 * Math.ceil(taps / 2) * VECTOR_BYTES
  const bytes = new Uint8Array(Math.ceil(to / 2) * entryBytes)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < to; i++) {
    const entry = (i >> 1) * entryBytes
    const side = i & 1
    view.setUint32(entry + side * 4, (starts[i] ?? 0) * CHANNELS, true)
    for (let tap = 0; tap < taps; tap++) {
      const vector = entry + COLUMN_HEAD_BYTES + (2 * (tap >> 1) + side) * VECTOR_BYTES
      for (let channel = 0; channel < CHANNELS; channel++)
        view.setUint16(vector + ((tap & 1) * CHANNELS + channel) * 2, weights[i * taps + tap] ?? 0, true)
    }
  }
  return { bytes, entryBytes }
}

const CHANNELS = 4
const COLUMN_HEAD_BYTES = 16
const VECTOR_BYTES = 16

/** The table of the rows. */
export function rowTable(from: number, to: number): MixTable {
  const { taps, starts, weights } = weightTable(from, to)
  const entryBytes = ROW_HEAD_BYTES + taps * 2
  const bytes = new Uint8Array(to * entryBytes)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < to; i++) {
    view.setUint32(i * entryBytes, starts[i] ?? 0, true)
    for (let tap = 0; tap < taps; tap++)
      view.setUint16(i * entryBytes + ROW_HEAD_BYTES + tap * 2, weights[i * taps + tap] ?? 0, true)
  }
  return { bytes, entryBytes }
}

const ROW_HEAD_BYTES = 4

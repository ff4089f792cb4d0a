/** The measurements of one pulse. */
export interface BeamlinePulse {
  /** Row by row. */
  readonly image: Float64Array<ArrayBuffer>
  /** The sums of its columns. */
  readonly profileX: Float64Array<ArrayBuffer>
  /** The sums of its rows. */
  readonly profileY: Float64Array<ArrayBuffer>
  readonly beamEnergy: number
}

/**
 * Draws what a camera at a beamline sees, pulse by pulse: a Gaussian spot of the beam that jitters, and noise of a tenth of
 * its height. Cheap enough for hundreds of pulses a second: the exponential function is computed for each row and column
 * and not for each pixel, and noise is read from a table, from another place for each row.
 * @param random returns 0 to below 1
 */
export function beamlinePulses(width: number, height: number, random: () => number = Math.random): () => BeamlinePulse {
  const noise = Float64Array.from({ length: NOISE_VALUES + width }, () => PEAK * NOISE * random())
  /** Around `middle`, at most so far away. */
  const near = (middle: number, away: number) => middle + (2 * random() - 1) * away
  return () => {
    const across = gaussian(width, near(width / 2, width / 20), near(width / 8, width / 80))
    const down = gaussian(height, near(height / 2, height / 20), near(height / 8, height / 80))
    const image = new Float64Array(width * height)
    const profileX = new Float64Array(width)
    const profileY = new Float64Array(height)
    let at = 0
    for (let y = 0; y < height; y++) {
      const peak = PEAK * (down[y] ?? 0)
      const grain = Math.floor(random() * NOISE_VALUES)
      let sum = 0
      for (let x = 0; x < width; x++) {
        const value = peak * (across[x] ?? 0) + (noise[grain + x] ?? 0)
        image[at++] = value
        sum += value
        profileX[x] = (profileX[x] ?? 0) + value
      }
      profileY[y] = sum
    }
    return { image, profileX, profileY, beamEnergy: LEAST_ENERGY + ENERGY_RANGE * random() }
  }
}

/** Of height 1. @param sigma its standard deviation */
function gaussian(length: number, middle: number, sigma: number): Float64Array {
  return Float64Array.from({ length }, (_, at) => Math.exp(-((at - middle) ** 2) / (2 * sigma ** 2)))
}

/** The height of the spot, and of the noise on it as a part of that. */
const PEAK = 100
const NOISE = 0.1
/** So many places of the table that a row can begin at. */
const NOISE_VALUES = 65_536
const LEAST_ENERGY = 5
const ENERGY_RANGE = 0.5

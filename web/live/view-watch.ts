import type { Watch, WatchLimits } from '../../client/index.ts'
import { AskedWidth } from '../../client/view/asked-width.ts'
import { neededWidth } from '../../client/view/needed-width.ts'
import type { Size } from '../../src/core/payload.ts'
import type { ViewDemand } from './worker-protocol.ts'

/** The watch of a tile or of the large view: it asks for the rate, the width and the colours that the view can use now. */
export class ViewWatch {
  readonly #start: (limits: WatchLimits) => Pick<Watch, 'change' | 'end'> | undefined
  readonly #width = new AskedWidth(() => this.#update())
  #demand: ViewDemand | undefined
  #picture: Size | undefined
  #watch: Pick<Watch, 'change' | 'end'> | undefined

  /** @param start starts a watch of the view's stream */
  constructor(start: (limits: WatchLimits) => Pick<Watch, 'change' | 'end'> | undefined) {
    this.#start = start
  }

  /** Sets what the view can use now; undefined: nobody can see it, and nothing is sent. */
  set demand(demand: ViewDemand | undefined) {
    this.#demand = demand
    this.#update()
  }

  /** Sets the size of the stream's originals: a high picture in a broad view needs less than the view's width. */
  set picture({ width, height }: Size) {
    if (width === this.#picture?.width && height === this.#picture.height) return
    this.#picture = { width, height }
    this.#update()
  }

  #update(): void {
    const demand = this.#demand
    if (!demand) {
      this.#watch?.end()
      this.#watch = undefined
      this.#width.reset()
      return
    }
    const width = this.#width.need(neededWidth(demand, 'contain', this.#picture))
    const limits = { maxFps: demand.fps, width, colouring: demand.colouring }
    if (this.#watch) this.#watch.change(limits)
    else this.#watch = this.#start(limits)
  }
}

import { type RefObject, useEffect, useRef } from 'react'
import { observeDeviceSize } from '../../client/view/device-size.ts'
import { frameRateFor } from '../../client/view/frame-rate.ts'
import type { FeedSubscription, TileListener } from '../live/feed.ts'
import { useFeed } from '../live/use-feed.ts'
import type { ViewDemand } from '../live/worker-protocol.ts'

/**
 * A hook: adds a canvas to an element, on which the worker draws a stream while the component is mounted. Pictures are
 * sent only while the element is in view, at the rate and size that it can use.
 */
export function useTileCanvas(
  element: RefObject<HTMLElement | null>,
  label: string,
  key: string,
  listener: TileListener,
): void {
  const feed = useFeed()
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    const stage = element.current
    if (!stage) return undefined
    let subscription: FeedSubscription | undefined
    let canvas: HTMLCanvasElement | undefined
    let isInView = false

    const updateDemand = () => {
      if (!isInView) {
        subscription?.setDemand(undefined)
        return
      }
      if (!subscription) {
        // A canvas can be transferred only once. Created when first in view: there may be a thousand tiles.
        canvas = document.createElement('canvas')
        stage.append(canvas)
        subscription = feed.openTile(
          canvas,
          { label, key },
          {
            onPicture: (shown) => latest.current.onPicture(shown),
            onUndecodable: (receivedAt) => latest.current.onUndecodable(receivedAt),
          },
        )
      }
      subscription.setDemand(demandFor(stage))
    }
    const sight = new IntersectionObserver((entries) => {
      isInView = entries.at(-1)?.isIntersecting ?? false
      updateDemand()
    }, NEAR)
    // Debounced: during a layout change only the last size counts.
    let timer: ReturnType<typeof setTimeout> | undefined
    const stopObserving = observeDeviceSize(stage, () => {
      clearTimeout(timer)
      timer = setTimeout(updateDemand, SETTLE_MS)
    })
    sight.observe(stage)
    return () => {
      sight.disconnect()
      stopObserving()
      clearTimeout(timer)
      subscription?.close()
      canvas?.remove()
    }
  }, [feed, element, label, key])
}

/** Tiles just outside of the viewport are about to be scrolled in. */
const NEAR = { rootMargin: '120px' }
const SETTLE_MS = 120

function demandFor(stage: HTMLElement): ViewDemand {
  const { clientWidth, clientHeight } = stage
  const scale = window.devicePixelRatio
  return {
    fps: frameRateFor(clientWidth),
    width: Math.max(1, Math.round(clientWidth * scale)),
    height: Math.max(1, Math.round(clientHeight * scale)),
    scale,
  }
}

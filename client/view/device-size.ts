import type { CanvasSize } from './picture-canvas.ts'
import { onPixelRatioChange } from './pixel-ratio.ts'

/**
 * Reports an element's size now, and whenever it or the pixel ratio changes, in exact device pixels if the browser
 * supports it.
 * @returns a function that stops it
 */
export function observeDeviceSize(element: Element, onSize: (size: CanvasSize) => void): () => void {
  const observer = new ResizeObserver((entries) => {
    const entry = entries.at(-1)
    if (!entry) return
    const scale = window.devicePixelRatio
    const [exact] = entry.devicePixelContentBoxSize ?? []
    const width = inDevicePixels(entry.contentRect.width * scale, exact?.inlineSize)
    const height = inDevicePixels(entry.contentRect.height * scale, exact?.blockSize)
    onSize({ width, height, scale })
  })
  const observe = () => {
    try {
      observer.observe(element, { box: 'device-pixel-content-box' })
    } catch {
      // `device-pixel-content-box` is not supported by every browser.
      observer.observe(element)
    }
  }
  observe()
  const stopListening = onPixelRatioChange(() => {
    // Whatever is observed anew is reported, though it is as large in CSS pixels as before.
    observer.unobserve(element)
    observe()
  })
  return () => {
    stopListening()
    observer.disconnect()
  }
}

/** The browser's exact size, unless implausible: Chromium's is wrong when it emulates a device. */
function inDevicePixels(computed: number, counted: number | undefined): number {
  return counted !== undefined && Math.abs(counted - computed) <= 1 ? counted : Math.round(computed)
}

import { type RefObject, useEffect, useState } from 'react'
import { isSameStream, type StreamName } from '../../src/core/stream-name.ts'
import { fetchPicture } from '../access/fetch-json.ts'
import { useStreams } from '../live/use-feed.ts'

/**
 * A hook: the newest small picture of a camera, again every few seconds while it is in view. It is only asked for while
 * others watch the camera, so that the page makes the server pull and decode nothing; the last one stays.
 * @param element where it is shown
 * @param isDecoding whether the server makes pictures of the camera's video now
 * @returns its URL; undefined: none has come yet
 */
export function useCameraPicture(
  element: RefObject<HTMLElement | null>,
  { label, key }: StreamName,
  isDecoding: boolean,
): string | undefined {
  const [url, setUrl] = useState<string>()
  const { streams } = useStreams()
  const isLive = isDecoding && streams.some((one) => one.state === 'live' && isSameStream(one, { label, key }))

  useEffect(() => {
    if (!isLive || !element.current) return undefined
    const path = `/streams/${encodeURIComponent(label)}/${encodeURIComponent(key)}/snapshot?width=${WIDTH}`
    let isGone = false
    let isInView = false
    let isAsking = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      clearTimeout(timer)
      if (isAsking || !isInView || document.hidden) return
      isAsking = true
      const picture = await fetchPicture(path).catch(() => undefined)
      isAsking = false
      if (isGone) return
      if (picture) setUrl(URL.createObjectURL(picture))
      timer = setTimeout(ask, INTERVAL_MS)
    }
    const sight = new IntersectionObserver((entries) => {
      isInView = entries.at(-1)?.isIntersecting ?? false
      void ask()
    })
    sight.observe(element.current)
    document.addEventListener('visibilitychange', ask)
    return () => {
      isGone = true
      clearTimeout(timer)
      sight.disconnect()
      document.removeEventListener('visibilitychange', ask)
    }
  }, [element, label, key, isLive])

  useEffect(() => {
    if (url === undefined) return undefined
    return () => URL.revokeObjectURL(url)
  }, [url])
  return url
}

/** Of the picture, pixels. */
const WIDTH = 320
/** Between two pictures, ms. */
const INTERVAL_MS = 4000

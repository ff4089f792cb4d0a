declare global {
  interface Window {
    /** How many pictures the yardstick's images have loaded so far. */
    loaded: number
  }
}

/**
 * What a page does that takes no pains: a WebSocket, and an `<img>` for each stream that is given a blob for each message.
 * Runs in a page of the server, from which it takes away whatever else is there.
 */
export function showImages({ path, columns, width }: { path: string; columns: number; width: number }): void {
  window.loaded = 0
  const wall = document.createElement('div')
  Object.assign(wall.style, { display: 'grid', gap: '4px', gridTemplateColumns: `repeat(${columns}, ${width}px)` })
  document.body.replaceChildren(wall)
  const images = new Map<string, HTMLImageElement>()

  const imageOf = (key: string) => {
    const known = images.get(key)
    if (known) return known
    const image = document.createElement('img')
    image.width = width
    image.addEventListener('load', () => {
      window.loaded++
      URL.revokeObjectURL(image.src)
    })
    wall.append(image)
    images.set(key, image)
    return image
  }

  const socket = new WebSocket(location.origin.replace('http', 'ws') + path)
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data === 'string') return
    // A header of a few hundred bytes, and what parts it from the picture.
    const start = new TextDecoder('latin1').decode(data.slice(0, 4096))
    const end = start.indexOf('--IMG--')
    const { key } = JSON.parse(start.slice(0, end))
    imageOf(key).src = URL.createObjectURL(new Blob([data.slice(end + 7)], { type: 'image/jpeg' }))
  }
}

import { LiveConnection } from '../client/live-connection.ts'
import { Tile } from './tile.ts'

/** The plain page: every stream there is, live, with its name and its age. */

const wall = element('wall')
const status = element('status')
const tiles = new Map<string, Tile>()
let isConnected = false

const url = new URL('/ws/live', location.href)
url.protocol = url.protocol.replace('http', 'ws')

const connection = new LiveConnection(url.href, {
  connection(isOpen) {
    isConnected = isOpen
    refresh()
  },
  stream: (stream) => tileOf(stream).update(stream),
  left({ label, key }) {
    tiles.get(id(label, key))?.element.remove()
    tiles.delete(id(label, key))
  },
  frame: ({ header, picture }) => tileOf(header).show(picture, header),
})
connection.watch({ type: 'watch', id: 1 })
setInterval(refresh, 250)

function tileOf({ label, key }: { label: string; key: string }): Tile {
  const known = tiles.get(id(label, key))
  if (known) return known
  const tile = new Tile(label, key)
  tiles.set(id(label, key), tile)
  wall.append(tile.element)
  return tile
}

function refresh(): void {
  for (const tile of tiles.values()) tile.tell(connection.serverNow, isConnected)
  status.textContent = isConnected
    ? tiles.size === 0
      ? 'No stream yet.'
      : ''
    : 'The server does not answer. Trying again …'
}

function id(label: string, key: string): string {
  return JSON.stringify([label, key])
}

function element(name: string): HTMLElement {
  const found = document.getElementById(name)
  if (!found) throw new Error(`the page has no #${name}`)
  return found
}

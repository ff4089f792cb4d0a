import { ZmtpError } from './zmtp-error.ts'

/** The socket types of our own sockets. */
export type SocketType = 'PULL' | 'SUB' | 'PUSH' | 'PUB'

/** Which socket types may be the peer of which (https://rfc.zeromq.org/spec/23/, "The Socket-Type Property"). */
const PEERS: Readonly<Record<SocketType, readonly string[]>> = {
  PULL: ['PUSH'],
  SUB: ['PUB', 'XPUB'],
  PUSH: ['PULL'],
  PUB: ['SUB', 'XSUB'],
}

/** Whether sockets of this type receive messages; the others send them. */
export function receives(type: SocketType): boolean {
  return type === 'PULL' || type === 'SUB'
}

/** @throws ZmtpError if a socket of type `own` does not go with a peer's */
export function checkPeerType(own: SocketType, peer: string): void {
  if (PEERS[own].includes(peer)) return
  if (peer === '') throw new ZmtpError('does not say what type of socket it has')
  const article = /^[AEIOUX]/.test(peer) ? 'an' : 'a'
  const fitting = (Object.keys(PEERS) as SocketType[]).find(
    (type) => receives(type) === receives(own) && PEERS[type].includes(peer),
  )
  const advice = fitting ? `; type ${fitting} does` : ''
  throw new ZmtpError(`has ${article} ${peer} socket, which does not go with ${own}${advice}`)
}

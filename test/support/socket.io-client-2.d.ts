declare module 'socket.io-client-2' {
  /** Connects to a namespace. */
  const io: (url: string, options: object) => import('./socket-io.ts').LibrarySocket
  export default io
}

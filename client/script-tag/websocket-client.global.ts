import { WebSocketClient } from './websocket-client.ts'

/* The file /static/js/websocket-client.js: sets the global of the class's name. */

Object.assign(globalThis, { WebSocketClient })

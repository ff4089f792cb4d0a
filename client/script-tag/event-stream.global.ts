import { EventStreamClient } from './event-stream-client.ts'

/* The file /static/js/event-stream.js: sets the global of the class's name. */

Object.assign(globalThis, { EventStreamClient })

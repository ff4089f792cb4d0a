import { VideoStreamClient } from './video-stream-client.ts'

/* The file /static/js/video-stream.js: sets the global of the class's name. */

Object.assign(globalThis, { VideoStreamClient })

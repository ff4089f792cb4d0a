import { run } from './child.mjs'
import { installed } from './system.mjs'

/** That of the system: bindings of libraries are installed for no other. */
const PYTHON = '/usr/bin/python3'
const PACKAGES = [
  'python3-gi',
  'gir1.2-gst-rtsp-server-1.0',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
]
const TRY = `
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
names = ["appsrc", "aacparse", "rtph264pay", "h264parse", "h265parse", "jpegparse", "errorignore"]
raise SystemExit(0 if all(Gst.ElementFactory.find(name) for name in names) else 1)
`

/**
 * A Python that has GStreamer's RTSP server; installed as programs of the system are.
 * @param {string} purpose for the message: "the tests of cameras start it"
 * @returns {Promise<string>} the path of its Python
 */
export function gstreamerPython(purpose) {
  return installed(look, "GStreamer's RTSP server", PACKAGES, purpose)
}

async function look() {
  const { code } = await run(PYTHON, ['-c', TRY], { quiet: true })
  return code === 0 ? PYTHON : undefined
}

/*
 * A doorbell page as old ones are written: clients from script tags, no modules, no build. It works as it is on a server
 * that serves this folder: npm start -- --http.static_dir=examples
 *
 * A share link's or a key's token may be in the page's address (doorbell.html?token=…): the clients take it from there.
 */
const byId = (id) => document.getElementById(id)
const token = new URLSearchParams(location.search).get('token')

console.log('Initializing real-time streaming...')
const stream = new EventStreamClient()
const socket = new WebSocketClient()

/* What happens, and whether it is known. */

/** The server's time when the page was opened, and when it was connected last, in seconds. */
let openedAt
let connectedAt

stream.on('connected', (data) => {
  console.log('Event stream connected:', data)
  connectedAt = data.server_time
  openedAt = openedAt ?? connectedAt
  showLink('events-link', true)
})
stream.on('event', (event) => {
  list(event)
  ringFor(event)
})
stream.on('gap', () => byId('events').prepend(element('li', { className: 'gap' }, 'Some events are missing here.')))
stream.on('status', ({ active_connections: readers, events_stored: areStored }) => {
  byId('status').textContent =
    `The server runs, with ${readers} ${readers === 1 ? 'reader' : 'readers'} of its events${areStored === false ? '; events cannot be stored' : ''}.`
})
stream.on('error', ({ error, status }) => showLink('events-link', false, error, status))

/* Commands, and the bell a moment sooner. */

socket.on('connect', () => showLink('commands-link', true))
socket.on('disconnect', ({ reason }) => showLink('commands-link', false, reason))
socket.on('server_connected', ({ server_capabilities: may }) => {
  byId('bell').disabled = !may.includes('system_control')
  byId('bell').title = byId('bell').disabled ? 'You may not ring it.' : ''
})
socket.on('live_event', ringFor)
socket.on('error', ({ message }) => {
  if (!socket.connected) showLink('commands-link', false, message)
})

byId('bell').onclick = async () => {
  const answer = byId('answer')
  delete answer.dataset.failed
  answer.textContent = 'Ringing …'
  try {
    await socket.sendCommand('trigger_doorbell')
    answer.textContent = `Rang at ${timeOf(Date.now())}.`
  } catch ({ message }) {
    answer.dataset.failed = ''
    answer.textContent = message
  }
}

stream.connect()
socket.connect()
socket.subscribe(['DOORBELL_PRESSED'])

/** What is wrong with each connection. */
const troubles = new Map()

function showLink(id, isConnected, reason, status) {
  byId(id).dataset.state = isConnected ? 'connected' : 'connecting'
  byId(id).title = isConnected ? 'connected' : 'connecting'
  if (!isConnected && id === 'commands-link') byId('bell').disabled = true
  if (isConnected) troubles.delete(id)
  else troubles.set(id, { name: byId(id).textContent, reason, status })
  const [trouble] = troubles.values()
  byId('trouble').hidden = !trouble
  if (!trouble) return
  if (trouble.status === 401)
    byId('trouble').replaceChildren(
      'Sign in first, then open this page again: ',
      element('a', { href: '/' }, 'sign in'),
      '.',
    )
  else byId('trouble').textContent = `${trouble.name}: ${trouble.reason.replace(/\.$/, '')}. Trying again …`
}

/* The list. */

const LONGEST_LIST = 30

function list(event) {
  const { event_type: type, timestamp, label, key, picture } = event
  const row = element('li', { className: type === 'DOORBELL_PRESSED' ? 'ringing' : '' })
  const date = new Date(timestamp * 1000)
  row.append(
    element('time', { dateTime: date.toISOString(), title: date.toLocaleString() }, timeOf(date)),
    element('b', {}, inWords(type)),
    element('small', {}, [label, key].filter(Boolean).join('/')),
  )
  if (picture) row.append(element('img', { src: withToken(picture), alt: 'What the camera saw', loading: 'lazy' }))
  byId('events').prepend(row)
  while (byId('events').childElementCount > LONGEST_LIST) byId('events').lastElementChild.remove()
}

/** "DOORBELL_PRESSED" as people write it. */
function inWords(type) {
  const words = type.toLowerCase().replace(/[._]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function timeOf(date) {
  return new Date(date).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

function element(name, properties, text = '') {
  return Object.assign(document.createElement(name), properties, text === '' ? {} : { textContent: text })
}

/* The bell. It rings for what happens now, not for what is in the list already. */

/** How old a ring may be that arrives after the connection was lost, s. */
const LATEST_RING = 30
const RING_MS = 20_000
const rung = new Set()
let ringTimer

function ringFor({ event_type: type, event_id: id, timestamp }) {
  if (type !== 'DOORBELL_PRESSED' || rung.has(id)) return
  rung.add(id)
  if (timestamp <= openedAt || timestamp <= connectedAt - LATEST_RING) return
  byId('ring-time').textContent = `(${timeOf(timestamp * 1000)})`
  byId('ring').hidden = false
  document.title = '🔔 Doorbell'
  chime()
  clearTimeout(ringTimer)
  ringTimer = setTimeout(stopRinging, RING_MS)
}

function stopRinging() {
  byId('ring').hidden = true
  document.title = 'Doorbell'
}

byId('dismiss').onclick = stopRinging

/** Browsers allow sound only after somebody has touched the page. */
let audio

byId('sound').onclick = async () => {
  if (audio) await audio.close()
  audio = audio ? undefined : new AudioContext()
  byId('sound').setAttribute('aria-pressed', String(audio !== undefined))
  byId('sound').textContent = audio ? 'Sound is on' : 'Tap for sound'
  chime()
}

/** Two tones, as a bell at the door has. */
function chime() {
  if (!audio) return
  for (const [frequency, delay] of [
    [659, 0],
    [523, 0.45],
  ]) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()]
    const start = audio.currentTime + delay
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(0.3, start)
    volume.gain.exponentialRampToValueAtTime(0.001, start + 1.2)
    tone.connect(volume).connect(audio.destination)
    tone.start(start)
    tone.stop(start + 1.2)
  }
}

/* Live video of the default camera. */

const video = new VideoStreamClient(byId('picture'))

const WORDS = {
  live: 'live',
  starting: 'starting …',
  stale: 'no new picture',
  offline: 'offline',
  idle: 'idle',
  none: '',
}

video.image.onload = () => showVideo(video.getStatus().isStreaming)

async function startVideo() {
  try {
    await video.startStream('medium')
  } catch ({ message }) {
    // It goes on trying.
    byId('no-picture').textContent = `${message} The demo has a camera: npm run demo`
  }
  showVideo(video.getStatus().isStreaming)
}

function showVideo(isShown) {
  byId('picture').hidden = !isShown
  byId('no-picture').hidden = isShown
}

function withToken(path) {
  return token ? `${path}?token=${encodeURIComponent(token)}` : path
}

/** Whether what the video shows is live: while its stream has stopped, it shows since when. */
async function lookAtCamera() {
  try {
    const headers = token ? { Authorization: `Bearer ${token}` } : {}
    const answer = await fetch('/api/status', { headers })
    const { camera, camera_status: state = 'none' } = await answer.json()
    byId('camera').dataset.state = state
    byId('camera-name').textContent = camera ?? ''
    byId('camera-state').textContent = WORDS[state] ?? state
    byId('picture').alt = `Live video of ${camera}`
  } catch {
    byId('camera').dataset.state = 'offline'
    byId('camera-state').textContent = 'no connection'
  }
}

async function watchCamera() {
  if (document.visibilityState === 'visible') await lookAtCamera()
  setTimeout(watchCamera, 1000)
}

byId('curl').textContent = `curl -X POST ${location.origin}/api/trigger-doorbell`
void startVideo()
watchCamera()

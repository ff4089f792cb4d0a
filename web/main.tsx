import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/global.css'
import './styles.ts'
import '@fontsource-variable/inter/wght.css'
import './app/page.css'
import './app/forced-colors.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { AccessGuard } from './access/access-guard.ts'
import { ConnectionDiagnosis } from './access/connection-diagnosis.ts'
import { takeKeyFromAddress } from './access/page-publish-key.ts'
import { sessions } from './access/page-session.ts'
import { shareToken, takeShareFromAddress } from './access/share-token.ts'
import { App } from './app/App.tsx'
import { prefetchPages } from './app/routes.ts'
import { startI18n } from './i18n/index.ts'
import { Feed } from './live/feed.ts'
import { PATHS } from './paths.ts'
import { startPreferences } from './preferences/start-preferences.ts'
import { enterBasePath, pagePath, serverUrl } from './server-address.ts'
import { watchForUpdate } from './update/this-page.ts'

const isLeaving = enterBasePath()
// First of all, so that pictures are already loading while the page renders.
takeShareFromAddress()
const worker = new Worker(new URL('./live/live.worker.ts', import.meta.url), { type: 'module', name: 'live' })
// On the sign-in page a connection would only be refused.
const feed = new Feed(worker, serverUrl(), { token: shareToken(), isIdle: pagePath() === PATHS.signIn })
watchForUpdate(feed)
// In parallel to the connection.
void sessions.refresh()
const guard = new AccessGuard({
  feed,
  sessions,
  isShared: shareToken() !== undefined,
  later: (ms, action) => void setTimeout(action, ms),
})
const diagnosis = new ConnectionDiagnosis({ feed, sessions, now: () => performance.now() })

takeKeyFromAddress()
startI18n()
startPreferences()
const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
if (!isLeaving)
  createRoot(root).render(
    <StrictMode>
      <App feed={feed} guard={guard} diagnosis={diagnosis} />
    </StrictMode>,
  )
// A wall that nobody touches is being used: the answer renews the cookie.
setInterval(() => void sessions.refresh(), 3_600_000)
// After the first pictures.
setTimeout(prefetchPages, 5000)
// The user may have signed in or out meanwhile: in another tab, or before returning to this page.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void sessions.refresh()
})
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void sessions.refresh()
})

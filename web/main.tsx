import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/global.css'
import './styles.ts'
import '@fontsource-variable/inter/wght.css'
import './app/page.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { AccessGuard } from './access/access-guard.ts'
import { takeKeyFromAddress } from './access/page-publish-key.ts'
import { sessions } from './access/page-session.ts'
import { shareToken, takeShareFromAddress } from './access/share-token.ts'
import { App } from './app/App.tsx'
import { prefetchPages } from './app/routes.ts'
import { startI18n } from './i18n/index.ts'
import { Feed } from './live/feed.ts'
import { PATHS } from './paths.ts'
import { startPreferences } from './preferences/start-preferences.ts'

// Before all else: pictures are on their way while the page is being put together.
takeShareFromAddress()
const worker = new Worker(new URL('./live/live.worker.ts', import.meta.url), { type: 'module', name: 'live' })
// Who comes to sign in would only be refused.
const feed = new Feed(worker, location.origin, { token: shareToken(), isIdle: location.pathname === PATHS.signIn })
// Beside the connection, which does not wait for it.
void sessions.refresh()
const guard = new AccessGuard({
  feed,
  sessions,
  isShared: shareToken() !== undefined,
  later: (ms, action) => void setTimeout(action, ms),
})

takeKeyFromAddress()
startI18n()
startPreferences()
const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <App feed={feed} guard={guard} />
  </StrictMode>,
)
// Behind the first pictures.
setTimeout(prefetchPages, 5000)
// Somebody may have signed in or out meanwhile: in another tab, or since the page was left that one comes back to.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void sessions.refresh()
})
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void sessions.refresh()
})

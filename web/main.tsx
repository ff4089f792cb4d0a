import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/global.css'
import './styles.ts'
import '@fontsource-variable/inter/wght.css'
import './app/page.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { takeKeyFromAddress } from './access/publish-key.ts'
import { App } from './app/App.tsx'
import { fetchPages } from './app/pages.ts'
import { startI18n } from './i18n/index.ts'
import { Feed } from './live/feed.ts'

// Before all else: pictures are on their way while the page is being put together.
const worker = new Worker(new URL('./live/worker.ts', import.meta.url), { type: 'module', name: 'live' })
const feed = new Feed(worker, location.origin)

takeKeyFromAddress()
startI18n()
const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <App feed={feed} />
  </StrictMode>,
)
// Behind the first pictures.
setTimeout(fetchPages, 5000)

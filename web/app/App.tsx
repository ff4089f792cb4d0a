import { MantineProvider } from '@mantine/core'
import { Suspense } from 'react'
import { BrowserRouter, Route, Routes } from 'react-router'
import { ClassNamesProvider } from '../live/class-names.tsx'
import type { Feed } from '../live/feed.ts'
import { FeedContext } from '../live/use-feed.ts'
import { cssVariables, theme } from '../theme.ts'
import { WallPage } from '../wall/WallPage.tsx'
import { FailureBoundary } from './Failure.tsx'
import { NotFound } from './NotFound.tsx'
import { ConnectPage, PublishPage, WatchPage } from './pages.ts'

/** The whole page: its look, its feed, its addresses. */
export function App({ feed }: { feed: Feed }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      // Weighs nothing, so that an operator's style sheet need only say `:root`.
      cssVariablesSelector=":where(:root)"
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <FeedContext value={feed}>
        <ClassNamesProvider>
          <BrowserRouter>
            <FailureBoundary>
              <Suspense>
                <Routes>
                  <Route path="/" element={<WallPage />} />
                  <Route path="/watch/:label/:key" element={<WatchPage />} />
                  <Route path="/publish" element={<PublishPage />} />
                  <Route path="/connect" element={<ConnectPage />} />
                  <Route path="*" element={<NotFound />} />
                </Routes>
              </Suspense>
            </FailureBoundary>
          </BrowserRouter>
        </ClassNamesProvider>
      </FeedContext>
    </MantineProvider>
  )
}

/** What the server lets style elements be made with. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
}

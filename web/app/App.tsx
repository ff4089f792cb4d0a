import { MantineProvider } from '@mantine/core'
import { Suspense } from 'react'
import { BrowserRouter } from 'react-router'
import type { AccessGuard } from '../access/access-guard.ts'
import { GuardContext } from '../access/use-admission.ts'
import { ClassNamesProvider } from '../live/class-names.tsx'
import type { Feed } from '../live/feed.ts'
import { FeedContext } from '../live/use-feed.ts'
import { colorSchemeManager } from '../preferences/color-scheme.ts'
import { cssVariables, theme } from '../theme.ts'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { PageRoutes } from './PageRoutes.tsx'
import { RouteGuard } from './RouteGuard.tsx'

/** The root component: theme, contexts, routes. */
export function App({ feed, guard }: { feed: Feed; guard: AccessGuard }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      // Zero specificity, so that `:root` in an operator's style sheet overrides it.
      cssVariablesSelector=":where(:root)"
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      getStyleNonce={styleNonce}
    >
      <FeedContext value={feed}>
        <GuardContext value={guard}>
          <ClassNamesProvider>
            <BrowserRouter>
              <ErrorBoundary>
                <Suspense>
                  <RouteGuard>
                    <PageRoutes />
                  </RouteGuard>
                </Suspense>
              </ErrorBoundary>
            </BrowserRouter>
          </ClassNamesProvider>
        </GuardContext>
      </FeedContext>
    </MantineProvider>
  )
}

/** The Content-Security-Policy nonce for style elements. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
}

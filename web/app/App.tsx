import { MantineProvider } from '@mantine/core'
import { Suspense } from 'react'
import { BrowserRouter } from 'react-router'
import type { AccessGuard } from '../access/access-guard.ts'
import type { ConnectionDiagnosis } from '../access/connection-diagnosis.ts'
import { GuardContext } from '../access/use-admission.ts'
import { DiagnosisContext } from '../access/use-diagnosis.ts'
import { ClassNamesProvider } from '../live/class-names.tsx'
import type { Feed } from '../live/feed.ts'
import { FeedContext } from '../live/use-feed.ts'
import { colorSchemeManager } from '../preferences/color-scheme.ts'
import { BASE_PATH } from '../server-address.ts'
import { cssVariables, theme } from '../theme.ts'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { PageRoutes } from './PageRoutes.tsx'
import { RouteGuard } from './RouteGuard.tsx'

/** What belongs to the page as a whole. */
export interface AppProps {
  readonly feed: Feed
  readonly guard: AccessGuard
  readonly diagnosis: ConnectionDiagnosis
}

/** The root component: theme, contexts, routes. */
export function App({ feed, guard, diagnosis }: AppProps) {
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
          <DiagnosisContext value={diagnosis}>
            <ClassNamesProvider>
              <BrowserRouter basename={BASE_PATH}>
                <ErrorBoundary>
                  <Suspense>
                    <RouteGuard>
                      <PageRoutes />
                    </RouteGuard>
                  </Suspense>
                </ErrorBoundary>
              </BrowserRouter>
            </ClassNamesProvider>
          </DiagnosisContext>
        </GuardContext>
      </FeedContext>
    </MantineProvider>
  )
}

/** The Content-Security-Policy nonce for style elements. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
}

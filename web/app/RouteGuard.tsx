import { type ReactNode, useEffect } from 'react'
import { Navigate, useLocation } from 'react-router'
import { signInPath } from '../access/sign-in-path.ts'
import { useAdmission } from '../access/use-admission.ts'
import { usePublishKey } from '../access/use-publish-key.ts'
import { useFeed } from '../live/use-feed.ts'
import { NoAccessPage } from '../navigation/NoAccessPage.tsx'
import { PATHS } from '../paths.ts'
import { ShareLinkEndedPage } from '../share-link/ShareLinkEndedPage.tsx'

/** The route guard: renders the page if access is allowed, else redirects or explains. */
export function RouteGuard({ children }: { children: ReactNode }) {
  const { kind } = useAdmission()
  const { pathname, search } = useLocation()
  const feed = useFeed()
  useEffect(() => {
    if (pathname !== PATHS.signIn) feed.connect()
  }, [feed, pathname])
  const [publishKey] = usePublishKey()
  if (kind === 'ended') return <ShareLinkEndedPage />
  const isOpen = OPEN.has(pathname) || (publishKey !== undefined && FOR_PUBLISHERS.has(pathname))
  if (kind === 'signedOut' && !isOpen) return <Navigate to={signInPath(pathname + search)} replace />
  if (kind === 'nothing' && SHOW_PICTURES.test(pathname)) return <NoAccessPage />
  return children
}

/** The paths that are open without access to streams. */
const OPEN = new Set<string>([PATHS.signIn, PATHS.shareLink, PATHS.publish])
const FOR_PUBLISHERS = new Set<string>([PATHS.connect])
const SHOW_PICTURES = /^\/($|watch\/)/

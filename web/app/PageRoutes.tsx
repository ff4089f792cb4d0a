import { Route, Routes } from 'react-router'
import { SIGN_IN } from '../access/sign-in-path.ts'
import { SHARED } from '../access/share-token.ts'
import { adminRoutes } from '../admin/routes.tsx'
import { useEpoch } from '../live/use-feed.ts'
import { ShareLinkPage } from '../share-link/ShareLinkPage.tsx'
import { WallPage } from '../wall/WallPage.tsx'
import { NotFoundPage } from './NotFoundPage.tsx'
import { ACCOUNT, AccountPage, ConnectPage, PublishPage, SignInPage, WatchPage } from './pages.ts'

/** What is at which address. */
export function PageRoutes() {
  // What shows pictures begins anew when the server has refused: none of before is left.
  const epoch = useEpoch()
  return (
    <Routes>
      <Route path="/" element={<WallPage key={epoch} />} />
      <Route path="/watch/:label/:key" element={<WatchPage key={epoch} />} />
      <Route path="/publish" element={<PublishPage />} />
      <Route path="/connect" element={<ConnectPage />} />
      <Route path={SIGN_IN} element={<SignInPage />} />
      <Route path={SHARED} element={<ShareLinkPage />} />
      <Route path={ACCOUNT} element={<AccountPage />} />
      {adminRoutes.map(({ path, page: Page }) => (
        <Route key={path} path={path} element={<Page />} />
      ))}
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  )
}

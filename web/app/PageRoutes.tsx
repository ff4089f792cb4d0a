import { Route, Routes } from 'react-router'
import { useEpoch } from '../live/use-feed.ts'
import { NotFoundPage } from './NotFoundPage.tsx'
import { ROUTES } from './routes.ts'

/** The router: what is at which address. */
export function PageRoutes() {
  // What shows pictures begins anew when the server has refused: none of before is left.
  const epoch = useEpoch()
  return (
    <Routes>
      {ROUTES.map(({ path, page: Page, showsPictures }) => (
        <Route key={path} path={path} element={<Page key={showsPictures ? epoch : undefined} />} />
      ))}
      <Route path="*" element={<NotFoundPage />} />
    </Routes>
  )
}

import { Route, Routes } from 'react-router'
import { useEpoch } from '../live/use-feed.ts'
import { NotFoundPage } from './NotFoundPage.tsx'
import { ROUTES } from './routes.ts'

/** The router. */
export function PageRoutes() {
  // Pages with pictures are remounted after a refusal, so that nothing old stays visible.
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

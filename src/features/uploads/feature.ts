import { join } from 'node:path'
import { uploadRoutes } from '../../http/routes/upload-routes.ts'
import { Uploads } from '../../store/files/uploads.ts'
import type { Feature } from '../feature.ts'

/** `POST /api/upload` and `GET /uploads/…`: stores single pictures for others to fetch. */
export const uploads: Feature = {
  name: 'uploads',
  install({ app, guard, readBody, config }) {
    const { max_bytes: maxBytes, max_total_bytes: maxTotalBytes } = config.uploads
    const folder = join(config.data_dir, 'uploads')
    const maxPixels = config.frames.max_megapixels * 1e6
    uploadRoutes(app, {
      guard,
      readBody,
      maxBytes,
      uploads: new Uploads({ folder, maxBytes, maxTotalBytes, maxPixels }),
    })
  },
}

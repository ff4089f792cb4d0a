import { join } from 'node:path'
import { atMostHalf } from '../../core/quota.ts'
import { uploadRoutes } from '../../http/routes/upload-routes.ts'
import { Uploads } from '../../store/files/uploads.ts'
import type { Feature } from '../feature.ts'

/** `POST /api/upload` and `GET /uploads/…`: stores single pictures for others to fetch. */
export const uploads: Feature = {
  name: 'uploads',
  install({ app, guard, readBody, config }) {
    const { dir, max_bytes: maxBytes, max_total_bytes: max, bytes_per_user: share, bytes_reserved } = config.uploads
    const folder = dir ?? join(config.data_dir, 'uploads')
    const space = { max, share, reserved: atMostHalf(bytes_reserved, max) }
    const maxPixels = config.frames.max_megapixels * 1e6
    uploadRoutes(app, { guard, readBody, maxBytes, uploads: new Uploads({ folder, maxBytes, space, maxPixels }) })
  },
}

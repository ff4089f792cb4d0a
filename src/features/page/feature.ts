import { servePage } from '../../http/page/page.ts'
import { servePageSettings } from '../../http/page/page-settings.ts'
import { serveSocketIoClientFile } from '../../http/page/socket-io-client-file.ts'
import { serveStaticFiles } from '../../http/page/static-files.ts'
import type { Feature } from '../feature.ts'

/** The web app, the settings it reads, Socket.IO's client file, and the operator's own static files. */
export const page: Feature = {
  name: 'page',
  async install({ app, guard, version, pageDir, config: { labels, page, http } }) {
    servePageSettings(app, { guard, version, classNames: labels.class_names })
    await servePage(app, { folder: pageDir, customCss: page.custom_css })
    await serveSocketIoClientFile(app, pageDir)
    if (http.static_dir !== undefined) await serveStaticFiles(app, http.static_dir, http.static_inline)
  },
}

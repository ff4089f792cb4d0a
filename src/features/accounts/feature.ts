import { DAY_MS } from '../../core/clock.ts'
import { auditRoutes } from '../../http/routes/audit-routes.ts'
import { formSessionRoutes } from '../../http/routes/form-session-routes.ts'
import { guestRoutes } from '../../http/routes/guest-routes.ts'
import { keyRoutes } from '../../http/routes/key-routes.ts'
import { linkRoutes } from '../../http/routes/link-routes.ts'
import { ownAccountRoutes } from '../../http/routes/own-account-routes.ts'
import { sessionRoutes } from '../../http/routes/session-routes.ts'
import { tokenRoutes } from '../../http/routes/token-routes.ts'
import { userRoutes } from '../../http/routes/user-routes.ts'
import type { Feature } from '../feature.ts'

/** Login and logout, user management, API keys, share links, the own account, the audit trail. */
export const accounts: Feature = {
  name: 'accounts',
  install({ app, guard, accounts, readBody, clock, config, onClosing }) {
    const parts = {
      guard,
      accounts,
      publicBody: { bytes: config.http.public_body_bytes, setting: 'http.public_body_bytes' },
      sessionLife: config.tokens.refresh_days * DAY_MS,
    }
    tokenRoutes(app, parts)
    userRoutes(app, parts)
    sessionRoutes(app, parts)
    guestRoutes(app, { ...parts, clock })
    formSessionRoutes(app, { ...parts, readBody })
    ownAccountRoutes(app, parts)
    keyRoutes(app, parts)
    linkRoutes(app, parts)
    auditRoutes(app, parts)
    onClosing(async () => accounts.stopWaiting())
  },
}

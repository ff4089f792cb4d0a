import { webhookRoutes } from '../../http/routes/webhook-routes.ts'
import { LinePush } from '../../sinks/line-push.ts'
import { LineWebhook } from '../../sources/line-webhook.ts'
import type { Feature } from '../feature.ts'

/** `POST /api/webhook`: incoming webhooks of the messenger LINE and of any other system. */
export const webhooks: Feature = {
  name: 'webhooks',
  install({ app, guard, readBody, events, clock, log, config }) {
    const { api_url: apiUrl, channel_access_token: accessToken, channel_secret: channelSecret } = config.line
    const line = new LineWebhook({
      push: new LinePush({ apiUrl, accessToken }),
      clock,
      log,
      channelSecret,
      maxValues: config.webhook.body_values,
    })
    return webhookRoutes(app, {
      guard,
      readBody,
      events,
      line,
      lineLimit: { bytes: config.line.body_bytes, setting: 'line.body_bytes' },
      bodyLimit: { bytes: config.webhook.body_bytes, setting: 'webhook.body_bytes' },
      maxValues: config.webhook.body_values,
    })
  },
}

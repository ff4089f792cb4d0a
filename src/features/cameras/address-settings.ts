import Type from 'typebox'

/** Addresses and networks. `addressPolicy` checks what a pattern cannot. */
const networks = (description: string) =>
  Type.Array(
    Type.String({
      pattern: '^[0-9A-Fa-f.:]+(/\\d{1,3})?$',
      form: 'addresses or networks such as 192.168.1.20 or 10.0.0.0/8',
    }),
    { default: [], description },
  )

const rule = (fallback: 'allow' | 'refuse', description: string) =>
  Type.Enum(['allow', 'refuse'], { default: fallback, description })

/** `cameras.addresses`: where cameras may be that are not from the configuration file. */
export const addressSettings = Type.Object(
  {
    private: rule(
      'allow',
      'Whether cameras may have private addresses (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7), as those of homes and companies do.',
    ),
    loopback: rule(
      'allow',
      'Whether cameras may be asked on this machine itself (127/8, ::1), where programs such as go2rtc serve them. Refuse it where those who may edit cameras must not reach what else listens only there.',
    ),
    link_local: rule(
      'refuse',
      'Whether cameras may have link-local addresses (169.254/16, fe80::/10). Clouds give the credentials of their machines at such addresses; the others where they do so count as link-local too.',
    ),
    public: rule('allow', 'Whether cameras may have addresses of the internet.'),
    allowed: networks(
      'Addresses and networks (CIDR) that may be asked, whatever kind they are of. Multicast may be asked only if it is here.',
    ),
    refused: networks('Addresses and networks (CIDR) that may not be asked, also if they are in allowed.'),
  },
  {
    description:
      'Where cameras may be, those added on the page, by REST or in the list of the detection hub: also where their names, redirects and playlists lead. Cameras of the configuration file may be anywhere.',
  },
)

import Type from 'typebox'

/** `http`: what is taken from the network, proxies, CORS, TLS. */
export const httpSettings = Type.Object(
  {
    body_bytes: Type.Integer({
      default: 10_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description: 'The largest body, and so the largest picture, that may be published.',
    }),
    allowed_hosts: Type.Array(
      Type.String({ pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$', form: 'host names without a port' }),
      {
        default: [],
        description:
          'Names beside localhost by which browsers and programs on this machine may call the server. Any other is refused, because a page of a stranger could reach the server by a name of its own.',
      },
    ),
    allowed_origins: Type.Array(
      Type.String({ pattern: '^https?://[^/\\s]+$', form: 'origins such as https://example.org' }),
      {
        default: [],
        description:
          'Other sites whose pages may use this server (CORS), with a token of their own; on this machine also without one.',
      },
    ),
    trusted_proxies: Type.Array(
      Type.String({
        pattern: '^[0-9A-Fa-f.:]+(/\\d{1,3})?$',
        form: 'addresses or networks such as 127.0.0.1 or 10.0.0.0/8',
      }),
      {
        default: [],
        description:
          'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. What others send in these headers never counts for anything but against being this machine.',
      },
    ),
    static_dir: Type.Optional(
      Type.String({
        minLength: 1,
        form: 'the path of a folder',
        isPath: true,
        description:
          'A folder of your own whose files are served under /static/ to whoever can reach the server; files and folders whose names begin with a dot are not. A file that the server itself has at an address there comes first. Relative to the checkout; on the command line, to the current folder.',
      }),
    ),
    tls: Type.Object(
      {
        cert: Type.Optional(
          Type.String({
            minLength: 1,
            form: 'the path of a file',
            isPath: true,
            description: 'The certificate with its chain (PEM).',
          }),
        ),
        key: Type.Optional(
          Type.String({
            minLength: 1,
            form: 'the path of a file',
            isPath: true,
            description: 'The private key of the certificate (PEM).',
          }),
        ),
      },
      {
        description:
          'HTTPS. With both files the server speaks nothing else; it notices by itself when they are renewed.',
      },
    ),
  },
  { description: 'What is taken from the network.' },
)

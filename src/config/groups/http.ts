import Type from 'typebox'

/** `http`: request sizes and times, host names, CORS, reverse proxies, static files, TLS. */
export const httpSettings = Type.Object(
  {
    body_bytes: Type.Integer({
      default: 10_000_000,
      minimum: 1_000,
      maximum: 1_000_000_000,
      unit: 'bytes',
      description: 'The largest request body, and so the largest picture, that can be published.',
    }),
    json_bytes: Type.Integer({
      default: 1_048_576,
      minimum: 1_000,
      maximum: 100_000_000,
      unit: 'bytes',
      description: 'The largest JSON request body of somebody who has signed in.',
    }),
    json_values: Type.Integer({
      default: 10_000,
      minimum: 100,
      maximum: 10_000_000,
      unit: 'values',
      description: 'How many values (texts, numbers, lists …) a JSON request body may hold.',
    }),
    public_body_bytes: Type.Integer({
      default: 16_384,
      minimum: 1_000,
      maximum: 10_000_000,
      unit: 'bytes',
      description:
        'The largest request body where no permission is needed: signing in and out, refreshing tokens. For messages of LINE see line.body_bytes.',
    }),
    head_timeout_s: Type.Number({
      default: 15,
      minimum: 0.1,
      maximum: 600,
      unit: 'seconds',
      description:
        'How long the head of a request may take to arrive, from the opening of the connection or its first byte.',
    }),
    request_timeout_s: Type.Number({
      default: 60,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How long a request may take to arrive, head and body together.',
    }),
    answer_timeout_s: Type.Number({
      default: 30,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'A client that takes nothing of a response for so long is disconnected. Responses that have not begun do not count.',
    }),
    allowed_hosts: Type.Array(
      Type.String({ pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$', form: 'host names without a port' }),
      {
        default: [],
        description:
          'Host names besides localhost by which browsers and programs may reach the server without signing in. IP addresses are always accepted, and what a trusted proxy sends as X-Forwarded-Host. Other names are refused, because a hostile web page could point its own name at this server (DNS rebinding).',
      },
    ),
    allowed_origins: Type.Array(
      Type.String({ pattern: '^https?://[^/\\s]+$', form: 'origins such as https://example.org' }),
      {
        default: [],
        description:
          'Other sites whose pages may use this server (CORS) with a token of their own; in a browser on this machine, also without one.',
      },
    ),
    public_origins: Type.Array(
      Type.String({ pattern: '^https?://[^/\\s]+$', form: 'origins such as https://example.org' }),
      {
        default: [],
        description:
          'Addresses at which browsers open this server’s own page (scheme, name and, if it is not the usual one, port), where a proxy in between passes on neither the Host header as the browser sent it nor, from http.trusted_proxies, X-Forwarded-Host. Pages from there may do all that the page may, also with its session cookie: name no other site here.',
      },
    ),
    base_path: Type.String({
      pattern: '^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?$',
      form: 'a path such as /cameras, of letters, digits and . _ ~ -',
      default: '',
      description:
        'The path that browsers reach the server below, where a proxy serves other things at /. Requests may arrive with it or without, so it must not be how paths of the server itself begin, such as /streams or /watch. Not needed where a trusted proxy takes the path off and says so (X-Forwarded-Prefix), which counts more.',
    }),
    frame_ancestors: Type.Array(
      Type.String({
        pattern: '^https?://(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:(\\d{1,5}|\\*))?$',
        form: 'origins such as https://home.example.org:8123',
      }),
      {
        default: [],
        description:
          'Other sites whose pages may show pages of this server in a frame (Content-Security-Policy: frame-ancestors), such as a dashboard. Within a frame of another site browsers send no cookie of ours, so nobody is signed in there: give it a share link.',
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
          'Reverse proxies whose X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Prefix and X-Forwarded-Proto headers are trusted. From anybody else these headers only show that a request was forwarded, so that it does not count as coming from this machine.',
      },
    ),
    static_dir: Type.Optional(
      Type.String({
        minLength: 1,
        form: 'the path of a folder',
        isPath: true,
        description:
          "A folder of your own that is served under /static/ to everybody who can reach the server, without files and folders whose names begin with a dot. The server's own files there take precedence. A relative path starts at the checkout, on the command line at the current folder.",
      }),
    ),
    static_inline: Type.Boolean({
      default: false,
      description:
        'Whether pages in http.static_dir may have scripts and styles in the HTML itself, as old pages do. A page that puts texts of events or streams into its HTML (innerHTML) then runs whatever a publisher writes there, with the rights of whoever looks at it; otherwise the browser refuses that.',
    }),
    reuse_port: Type.Boolean({
      default: false,
      description:
        'Whether several servers on this machine may listen on the same address and port (SO_REUSEPORT, on Linux); the kernel gives each of them some of the connections. They must share a Redis and a data_dir. For Socket.IO’s polling a load balancer is needed instead.',
    }),
    tls: Type.Object(
      {
        cert: Type.Optional(
          Type.String({
            minLength: 1,
            form: 'the path of a file',
            isPath: true,
            description: 'The certificate, followed by its chain (PEM).',
          }),
        ),
        key: Type.Optional(
          Type.String({
            minLength: 1,
            form: 'the path of a file',
            isPath: true,
            description: 'The private key of the certificate (PEM), without a passphrase.',
          }),
        ),
        handshake_timeout_s: Type.Number({
          default: 20,
          minimum: 0.1,
          maximum: 600,
          unit: 'seconds',
          description: 'How long a TLS handshake may take.',
        }),
      },
      {
        description:
          'HTTPS. With both files set, the server accepts HTTPS only; it loads renewed files without a restart.',
      },
    ),
  },
  { description: 'HTTP requests: sizes, hosts, other sites, proxies.' },
)

import Type from 'typebox'

/** `redis`: the Redis that several servers and the programs beside them share, how to reach it and how long to wait for it. */
export const redisSettings = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        pattern: '^rediss?://',
        secret: true,
        alias: 'REDIS_URL',
        form: 'an address such as redis://user:password@host:6379/0, or rediss:// for TLS',
        description:
          'The address of Redis, in place of redis.host, redis.port, redis.db and redis.tls.enabled; a user or password that is not in it comes from redis.username and redis.password. In a password, write @ / # ? and % as %40 %2F %23 %3F and %25.',
      }),
    ),
    host: Type.Optional(
      Type.String({
        pattern: '^[^\\s/]+$',
        alias: 'REDIS_HOST',
        form: 'an IP address or a host name',
        description: 'The host that Redis runs on. If not set: 127.0.0.1.',
      }),
    ),
    port: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 65_535,
        alias: 'REDIS_PORT',
        description: 'The TCP port of Redis. If not set: 6379.',
      }),
    ),
    username: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The user to sign in to Redis as (ACL). If not set: Redis’s default user.',
      }),
    ),
    password: Type.Optional(
      Type.String({
        minLength: 1,
        secret: true,
        alias: 'REDIS_PASSWORD',
        description: 'The password for Redis.',
      }),
    ),
    db: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1_000_000,
      description: 'The number of the Redis database.',
    }),
    tls: Type.Object(
      {
        enabled: Type.Boolean({
          default: false,
          description: 'Whether to connect to Redis with TLS. A redis.url says so itself, by rediss://.',
        }),
        ca: Type.Optional(
          Type.String({
            minLength: 1,
            form: 'the path of a file',
            isPath: true,
            description:
              'The certificates (PEM) of the authority that issued the certificate of Redis. If not set: the authorities that Node.js trusts.',
          }),
        ),
        cert: Type.Optional(
          Type.String({
            minLength: 1,
            form: 'the path of a file',
            isPath: true,
            description: 'The certificate to show to Redis (PEM), if it asks for one.',
          }),
        ),
        key: Type.Optional(
          Type.String({
            minLength: 1,
            form: 'the path of a file',
            isPath: true,
            description: 'The private key of that certificate (PEM), without a passphrase.',
          }),
        ),
      },
      { description: 'TLS to Redis.' },
    ),
    command_timeout_ms: Type.Integer({
      default: 2_000,
      minimum: 50,
      maximum: 60_000,
      unit: 'milliseconds',
      description:
        'How long Redis may take to answer a command, or to accept a connection. After that the connection counts as dead, and a new one is opened.',
    }),
    scan_s: Type.Number({
      default: 2,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'How often the keys of Redis are searched for streams of other programs, and looked at for whether they go on.',
    }),
    scan_keys: Type.Integer({
      default: 100_000,
      minimum: 1_000,
      maximum: 100_000_000,
      unit: 'keys',
      description:
        'How many keys of any kind one such search goes through. Where Redis holds more, the next search goes on from there.',
    }),
    waiting_bytes: Type.Integer({
      default: 64_000_000,
      minimum: 1_000_000,
      maximum: 10_000_000_000,
      unit: 'bytes',
      description:
        'How many bytes of published frames may wait for Redis to take them. A frame above that is shown here, and the response says that it was not stored.',
    }),
    readiness: Type.Boolean({
      default: false,
      alias: 'store.readiness',
      description:
        'Whether `/readyz` says no while Redis is away. A load balancer that asks every server would then take them all away at once, though they still show what they get themselves.',
    }),
  },
  { description: 'Redis, which several servers and other programs share (docs/redis.md).' },
)

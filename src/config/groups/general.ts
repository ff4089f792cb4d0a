import Type from 'typebox'

/** The top-level settings: the listening address, the data folder, where frames are shared, and the first credentials. */
export const generalSettings = {
  host: Type.String({
    default: '127.0.0.1',
    pattern: '^[^\\s/]+$',
    form: 'an IP address or a host name',
    description:
      'The address to listen on. 127.0.0.1 accepts connections from this machine only; 0.0.0.0 or :: listens on all interfaces.',
  }),
  port: Type.Integer({
    default: 8000,
    minimum: 0,
    maximum: 65_535,
    description: 'The TCP port to listen on; 0 picks a free one.',
  }),
  data_dir: Type.String({
    default: 'data',
    minLength: 1,
    form: 'the path of a folder',
    isPath: true,
    description:
      'The folder for everything the server stores; created if it does not exist. A relative path starts at the checkout, on the command line at the current folder.',
  }),
  store: Type.Optional(
    Type.Enum(['memory', 'redis'], {
      description:
        'Where frames are shared: in the memory of this server alone, or in Redis with other servers and programs. If not set: in Redis where redis.url, redis.host, redis.port or redis.password is given, else in memory.',
    }),
  ),
  publish_key: Type.Optional(
    Type.String({
      minLength: 16,
      secret: true,
      description:
        'The key that publishers must send. If not set, the server generates one at its first start and keeps it in the data folder. Other users of the machine can see command lines, so prefer the environment or a file.',
    }),
  ),
  admin_password: Type.Optional(
    Type.String({
      minLength: 1,
      secret: true,
      description:
        'The initial password of the first account, "admin"; used only when there are no accounts yet. If not set, the server generates one and prints it once.',
    }),
  ),
}

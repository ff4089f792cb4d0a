import Type from 'typebox'

/** The settings of the top level: where it listens, where it keeps its files, and the first credentials. */
export const generalSettings = {
  host: Type.String({
    default: '127.0.0.1',
    pattern: '^[^\\s/]+$',
    form: 'an IP address or a host name',
    description: 'The address to listen on. 127.0.0.1 is this machine alone; 0.0.0.0 or :: is every network it is in.',
  }),
  port: Type.Integer({
    default: 8000,
    minimum: 0,
    maximum: 65_535,
    description: 'The TCP port to listen on; 0 takes any that is free.',
  }),
  data_dir: Type.String({
    default: 'data',
    minLength: 1,
    form: 'the path of a folder',
    isPath: true,
    description:
      'Where the server keeps its files; made if it does not exist. Relative to the checkout; on the command line, to the current folder.',
  }),
  publish_key: Type.Optional(
    Type.String({
      minLength: 16,
      secret: true,
      description:
        'The key that publishers must send. Without this setting the server makes one at its first start and keeps it in the data folder. On the command line other users of the machine can read it: prefer the environment or a file.',
    }),
  ),
  admin_password: Type.Optional(
    Type.String({
      minLength: 1,
      secret: true,
      description:
        'The password of the first account, "admin", used when there are no accounts yet and never again. Without this setting the server makes one up and prints it once.',
    }),
  ),
}

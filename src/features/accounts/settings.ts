import Type from 'typebox'

/** `access`: what anonymous visitors may do, what new accounts see, and how long the audit trail is kept. */
export const accessSettings = Type.Object(
  {
    anonymous: Type.Optional(
      Type.Enum(['none', 'view', 'operate'], {
        description:
          'What people may do without signing in: none, view, or operate (view, command and acknowledge). If not set: operate on the machine itself, none from anywhere else. They must name the server by an IP address, localhost or a name of http.allowed_hosts.',
      }),
    ),
    default_labels: Type.Array(Type.String({ minLength: 1, form: 'labels, or * for all' }), {
      default: [],
      description:
        'The sites of new accounts for which none are named: by POST /add_user without `labels`, as the clients of the detection hub send it, and by `belvedere user add` without --labels. An entry * is all of them, as it was in the detection hub. Accounts that are there already keep theirs.',
    }),
    audit_days: Type.Integer({
      default: 90,
      minimum: 1,
      maximum: 3_650,
      unit: 'days',
      description: 'How long the audit trail (who did what, when and from where) is kept.',
    }),
    audit_refused: Type.Integer({
      default: 500_000,
      minimum: 1,
      maximum: 100_000_000,
      unit: 'entries',
      description:
        'How many refused and failed actions the audit trail keeps, the latest ones, since anybody can cause them. The default takes some 150 MB.',
    }),
    audit_refused_per_minute: Type.Integer({
      default: 300,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'entries',
      description:
        'How many refused and failed actions of each kind are recorded one by one within a minute. The rest becomes a count.',
    }),
    audit_sign_ins_per_minute: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'entries',
      description:
        'How many sign-ins of one user are recorded one by one within a minute, and as many sign-outs and changes of their own password. The rest becomes a count for each minute.',
    }),
    audit_commands_per_minute: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 1_000_000,
      unit: 'entries',
      description:
        'How many commands of one user that were done, and how many that failed, are recorded one by one within a minute. The rest becomes a count for each minute.',
    }),
    audit_pending: Type.Integer({
      default: 10_000,
      minimum: 1,
      maximum: 10_000_000,
      unit: 'entries',
      description:
        'How many entries of the audit trail wait in memory while the database cannot be written. The rest becomes a count, refused and failed actions first.',
    }),
  },
  { description: 'Who may do what (docs/security.md).' },
)

/** `tokens`: the JSON Web Tokens (JWT) of programs, and how long sessions live. */
export const tokenSettings = Type.Object(
  {
    secret: Type.Optional(
      Type.String({
        minBytes: 32,
        secret: true,
        alias: 'JWT_SECRET_KEY',
        form: 'a text of at least 32 bytes',
        description:
          'The secret that access and refresh tokens are signed with (HS256). If not set, the server generates one at its first start and keeps it in the data folder.',
      }),
    ),
    previous_secrets: Type.Array(Type.String({ minBytes: 32, form: 'texts of at least 32 bytes' }), {
      default: [],
      secret: true,
      description:
        'Earlier secrets. Tokens signed with them stay valid until they expire, so that changing tokens.secret signs nobody out.',
    }),
    access_minutes: Type.Number({
      default: 60,
      minimum: 0.01,
      maximum: 10_080,
      unit: 'minutes',
      description: 'How long an access token is valid.',
    }),
    refresh_days: Type.Number({
      default: 30,
      minimum: 0.001,
      maximum: 365,
      unit: 'days',
      description: 'How long a refresh token is valid, and how long an unused session of the page lasts.',
    }),
    leeway_s: Type.Number({
      default: 10,
      minimum: 0,
      maximum: 300,
      unit: 'seconds',
      description: 'How far the clocks of the machines that issue and check tokens may be apart.',
    }),
  },
  { description: 'Tokens of programs that log in, and sessions of the page.' },
)

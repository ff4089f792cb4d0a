import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from './config-error.ts'
import { loadConfig } from './load-config.ts'

let root: string
let cwd: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'belvedere-config-'))
  cwd = join(root, 'sub')
  mkdirSync(cwd)
})
afterEach(() => rmSync(root, { recursive: true }))

function load(argv: string[] = [], env: Record<string, string> = {}) {
  return loadConfig({ argv, env, cwd, root })
}

function problems(argv: string[] = [], env: Record<string, string> = {}): string {
  try {
    load(argv, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('The configuration was accepted.')
}

describe('the settings', () => {
  it('are the defaults when nobody says anything', () => {
    expect(load()).toEqual({
      host: '127.0.0.1',
      port: 8000,
      data_dir: join(root, 'data'),
      access: {
        default_labels: [],
        audit_days: 90,
        audit_refused: 500_000,
        audit_refused_per_minute: 300,
        audit_sign_ins_per_minute: 10,
        audit_commands_per_minute: 60,
        audit_pending: 10_000,
      },
      tokens: { previous_secrets: [], access_minutes: 60, refresh_days: 30, leeway_s: 10 },
      limits: {
        calls_per_minute: 3000,
        guest_calls_per_minute: 300,
        public_calls_per_minute: 600,
        commands_per_minute: 120,
        events_per_minute: 600,
        publish_bytes_per_s: 125_000_000,
        connections_per_client: 2000,
        watches: 1000,
        messages_per_turn: 16,
        messages_per_s: 500,
        client_messages_per_s: 2500,
        message_s: 60,
        http_connections: 10_000,
        http_connections_per_address: 1000,
        requests_per_turn: 16,
        pipelined_requests: 16,
        held_bytes: 500_000_000,
        held_bytes_per_client: 150_000_000,
        held_bytes_reserved: 150_000_000,
        login_tries: 5,
        login_wait_s: 900,
        login_delay_s: 30,
        login_waiting: 500,
        login_waiting_per_address: 5,
        event_reads: 10_000,
        event_reads_per_client: 2_500,
        event_reads_reserved: 1_000,
        hashing: 1000,
        hashing_per_client: 100,
        hashing_reserved: 200,
        account_writes_per_minute: 60,
        refreshes_per_minute: 30,
        refusals_per_s: 100,
        refused_bytes_per_s: 8_000_000,
      },
      http: {
        body_bytes: 10_000_000,
        json_bytes: 1_048_576,
        json_values: 10_000,
        public_body_bytes: 16_384,
        head_timeout_s: 15,
        request_timeout_s: 60,
        static_inline: false,
        reuse_port: false,
        answer_timeout_s: 30,
        allowed_hosts: [],
        allowed_origins: [],
        public_origins: [],
        base_path: '',
        frame_ancestors: [],
        trusted_proxies: [],
        tls: { handshake_timeout_s: 20 },
      },
      frames: {
        max_megapixels: 50,
        metadata_bytes: 256_000,
        metadata_values: 50_000,
        header_bytes: 1_048_576,
        store_timeout_ms: 2000,
      },
      streams: {
        max: 1000,
        per_publisher: 500,
        reserved: 50,
        total_bytes: 2_000_000_000,
        bytes_per_publisher: 1_000_000_000,
        bytes_reserved: 500_000_000,
        total_metadata_bytes: 400_000_000,
        metadata_bytes_per_publisher: 100_000_000,
        metadata_bytes_reserved: 100_000_000,
        ring_frames: 10,
        ring_bytes: 16_000_000,
        next_ring_frames: 4,
        next_wait_ms: 2000,
        stale_after_ms: 2000,
        stale_after_intervals: 3,
        offline_after_s: 30,
        first_offline_after_s: 120,
        unchanged_after_s: 120,
        forget_after_s: 86_400,
        remembered: 1000,
      },
      sources: { pull: true },
      cameras: {
        sources: [],
        max: 64,
        close_after_s: 10,
        connect_timeout_s: 8,
        silence_timeout_s: 8,
        starts_at_once: 4,
        tests_at_once: 3,
        tests_per_minute: 20,
        changes_per_minute: 60,
        packet_bytes: 16_000_000,
        process_bytes: 1_000_000_000,
        ring_bytes: 16_000_000,
        ring_s: 20,
        ffmpeg: 'ffmpeg',
        addresses: {
          private: 'allow',
          loopback: 'allow',
          link_local: 'refuse',
          public: 'allow',
          allowed: [],
          refused: [],
        },
      },
      instruments: {
        sources: [],
        page_fps: 10,
        max: 16,
        message_bytes: 268_435_456,
        buffer_pool_bytes: 134_217_728,
        channels: 1000,
        senders: 16,
        pictures: 32,
        profile_elements: 4096,
        metadata_elements: 65_536,
        watchdog_s: 10,
        heartbeat_s: 1,
        heartbeat_timeout_s: 2,
      },
      redis: {
        db: 0,
        tls: { enabled: false },
        command_timeout_ms: 2000,
        scan_s: 2,
        scan_keys: 100_000,
        waiting_bytes: 64_000_000,
        readiness: false,
      },
      labels: {
        hidden: ['*test*'],
        calls_per_minute: 60,
        messages_per_s: 10,
        update_interval_s: 1,
        message_bytes: 4_000_000,
        class_names: [
          '*=Hardhat|Mask|NO-Hardhat|NO-Mask|NO-Safety Vest|Person|Safety Cone|Safety Vest|Machinery|Utility Pole|Vehicle',
        ],
      },
      viewers: {
        max: 20_000,
        reserved_percent: 5,
        unread_s: 60,
        idle_ping_s: 30,
        dead_after_s: 75,
        publisher_dead_after_s: 3600,
      },
      snapshot: { max_wait_s: 30 },
      data: { max_bytes: 67_108_864 },
      renditions: {
        low: { width: 320, height: 240, fps: 10, jpeg_quality: 70 },
        medium: { width: 640, height: 480, fps: 15, jpeg_quality: 80 },
        high: { width: 1280, height: 720, fps: 20, jpeg_quality: 90 },
        widths: [160, 240, 320, 480, 640, 960, 1280, 1920],
        jpeg_quality: 80,
        colormap: 'viridis',
        max: 200,
        per_client: 100,
        reserved: 20,
        values_bytes: 1_000_000_000,
        values_bytes_per_client: 500_000_000,
        values_bytes_reserved: 200_000_000,
        waiting: 200,
        waiting_per_client: 40,
        waiting_reserved: 40,
        max_megapixels: 25,
        time_limit_s: 10,
      },
      page: {},
      demo: { start: false, seed: 1 },
      events: {
        keep: 100_000,
        keep_bytes: 500_000_000,
        keep_days: 90,
        buffer_bytes: 16_000_000,
        spool: 10_000,
        spool_bytes: 20_000_000,
        page_bytes: 1_000_000,
        picture_bytes: 1_000_000_000,
        picture_waiting_bytes: 64_000_000,
        disk_free_bytes: 500_000_000,
        states_per_minute: 6,
        warnings_per_minute: 20,
        reports_per_minute: 2_000,
        refused_sign_ins_per_minute: 30,
      },
      streaming: {
        enabled: true,
        max_connections: 50,
        connections_per_client: 20,
        reserved_percent: 10,
        connecting: 500,
        connecting_per_client: 100,
        connecting_s: 10,
        recovery_s: 120,
        recoverable: 1000,
        update_after_s: 1,
        max_videos: 10,
        videos_per_client: 6,
        slate_interval: 5,
        buffer_size: 100,
        heartbeat_interval: 30,
        status_interval: 5,
        retry_s: 3,
        full_retry_s: 30,
      },
      commands: {
        custom: {},
        timeout_s: 25,
        param_bytes: 16_384,
        output_bytes: 65_536,
        running: 16,
        running_per_client: 4,
        under_way: 200,
        under_way_per_client: 20,
        under_way_reserved: 20,
      },
      webhook: { body_bytes: 1_000_000, body_values: 50_000 },
      line: { body_bytes: 262_144, api_url: 'https://api.line.me' },
      uploads: {
        max_bytes: 10_000_000,
        max_total_bytes: 1_000_000_000,
        bytes_per_user: 250_000_000,
        bytes_reserved: 250_000_000,
      },
      log: { level: 'info', format: 'auto' },
    })
  })

  it('come from flags before the environment before .env before the file', () => {
    const flags = ['--port', '1']
    const env = { BELVEDERE_PORT: '2' }
    writeFileSync(join(root, '.env'), 'BELVEDERE_PORT=3\n')
    writeFileSync(join(root, 'belvedere.yaml'), 'port: 4\n')
    expect(load(flags, env).port).toBe(1)
    expect(load([], env).port).toBe(2)
    expect(load().port).toBe(3)
    rmSync(join(root, '.env'))
    expect(load().port).toBe(4)
  })

  it('are not shared between two loads', () => {
    load().labels.hidden.push('door')
    expect(load().labels.hidden).toEqual(['*test*'])
  })

  it('may be wrong in relation to each other', () => {
    expect(problems(['--viewers.idle-ping-s', '80'])).toBe(
      'viewers.idle_ping_s (80000 milliseconds) must be shorter than viewers.dead_after_s (75000 milliseconds) (from viewers.idle_ping_s: the flag --viewers.idle-ping-s; viewers.dead_after_s: the default).',
    )
    expect(problems(['--streams.stale_after_ms', '30000'])).toContain('shorter than streams.offline_after_s')
  })

  it('are all named when several are wrong', () => {
    expect(problems(['--port', 'x'], { BELVEDERE_HOST: 'a b' }).split('\n')).toHaveLength(2)
  })
})

describe('flags', () => {
  it('may be written with a space or an equals sign, underscores or hyphens, and short', () => {
    for (const argv of [['--streams.ring_frames', '7'], ['--streams.ring-frames=7']])
      expect(load(argv).streams.ring_frames).toBe(7)
    expect(load(['-P', '0', '-H', '::'])).toMatchObject({ port: 0, host: '::' })
    for (const argv of [
      ['-O', 'beam', '-S', '8889'],
      ['--source_host', 'beam', '--source_port=8889'],
      ['--source-host=beam', '--source-port', '8889'],
    ])
      expect(load(argv)).toMatchObject({ source_host: 'beam', source_port: 8889 })
    expect(load(['--publish-key=abcdefgh=ijklmnop=']).publish_key).toBe('abcdefgh=ijklmnop=')
  })

  it('hold lists with commas or as JSON', () => {
    expect(load(['--labels.hidden', 'door, garden']).labels.hidden).toEqual(['door', 'garden'])
    expect(load(['--labels.hidden', '["a,b"]']).labels.hidden).toEqual(['a,b'])
    expect(load(['--labels.hidden', '']).labels.hidden).toEqual([])
    expect(load(['--renditions.widths', '320, 640']).renditions.widths).toEqual([320, 640])
  })

  it('need no value where the setting is true or false', () => {
    expect(load(['--demo.start']).demo.start).toBe(true)
    expect(load(['--demo.start', '--port', '1'])).toMatchObject({ port: 1, demo: { start: true } })
    expect(load(['--demo.start', 'false']).demo.start).toBe(false)
    expect(load(['--demo.start=0']).demo.start).toBe(false)
    expect(problems(['--demo.start', 'yes'])).toContain('demo.start must be true or false, not "yes"')
  })

  it('count the last of two', () => {
    expect(load(['--port', '1', '--port', '2']).port).toBe(2)
  })

  it('name the folder of the data relative to the current folder, other places relative to the checkout', () => {
    expect(load(['--data-dir', 'd']).data_dir).toBe(join(cwd, 'd'))
    expect(load([], { BELVEDERE_DATA_DIR: 'd' }).data_dir).toBe(join(root, 'd'))
    expect(load(['--data-dir', '/d']).data_dir).toBe('/d')
  })

  it('name other files and folders in the same way, and none where nothing is said', () => {
    const argv = ['--page.custom-css', 'own.css']
    const { page, http } = load(argv, { BELVEDERE_HTTP_STATIC_DIR: 'files' })
    expect([page.custom_css, http.static_dir]).toEqual([join(cwd, 'own.css'), join(root, 'files')])
    expect(load().http.static_dir).toBeUndefined()
  })

  it('name the classes of labels, with commas between the entries', () => {
    const { labels } = load(['--labels.class-names', 'door=cat|dog, *=A person|Vest'])
    expect(labels.class_names).toEqual(['door=cat|dog', '*=A person|Vest'])
  })

  it('are refused when unknown, with the nearest that is known', () => {
    expect(problems(['--prot', '80'])).toBe('There is no flag --prot. Did you mean --port?')
    expect(problems(['--body-bytes=1000'])).toBe('There is no flag --body-bytes. Did you mean --http.body_bytes?')
    expect(problems(['--xyzzy'])).toBe('There is no flag --xyzzy.')
    expect(problems(['-p=8080'])).toBe('There is no flag -p.')
  })

  it('are refused without their value, and values without their flag', () => {
    expect(problems(['--port'])).toBe('The flag --port needs a value after it.')
    expect(problems(['8080'])).toBe('"8080" is not expected here: settings are given as --name value.')
  })
})

describe('an alias', () => {
  const sizeIn = (argv: string[], env: Record<string, string> = {}) => load(argv, env).streaming.buffer_size

  it('is another name of a setting in every place', () => {
    expect(sizeIn(['--events.buffer', '1'])).toBe(1)
    expect(sizeIn([], { BELVEDERE_EVENTS_BUFFER: '2' })).toBe(2)
    writeFileSync(join(root, 'belvedere.yaml'), 'events:\n  buffer: 3\n')
    expect(sizeIn([])).toBe(3)
    writeFileSync(join(root, '.env'), 'BELVEDERE_EVENTS_BUFFER=4\n')
    expect(sizeIn([])).toBe(4)
  })

  it('may be an environment variable of other programs, where an empty one counts as unset', () => {
    expect(load([], { LINE_CHANNEL_SECRET: 'a' }).line.channel_secret).toBe('a')
    expect(load([], { LINE_CHANNEL_SECRET: '' }).line.channel_secret).toBeUndefined()
    expect(problems([], { BELVEDERE_EVENTS_BUFFER: '' })).toContain('not "" (from the environment variable')
  })

  it('gives way to the setting’s own name in the same place, whatever the order, and to a stronger place', () => {
    for (const argv of [
      ['--events.buffer=1', '--streaming.buffer_size=2'],
      ['--streaming.buffer_size=2', '--events.buffer=1'],
    ])
      expect(sizeIn(argv)).toBe(2)
    const [own, other] = [{ BELVEDERE_STREAMING_BUFFER_SIZE: '2' }, { BELVEDERE_EVENTS_BUFFER: '1' }]
    expect([sizeIn([], { ...own, ...other }), sizeIn([], { ...other, ...own })]).toEqual([2, 2])
    writeFileSync(join(root, 'belvedere.yaml'), 'streaming:\n  buffer_size: 2\nevents:\n  buffer: 1\n')
    expect(sizeIn([])).toBe(2)
    expect(sizeIn(['--events.buffer', '3'], own)).toBe(3)
  })

  it('that is wrong is answered with the setting’s own name, and where it was given', () => {
    expect(problems(['--events.buffer', '0'])).toBe(
      'streaming.buffer_size must be a whole number of events from 1 to 100000, not 0 (from the flag --events.buffer).',
    )
  })
})

describe('a wrong value', () => {
  it.each([
    ['port', '80x', 'port must be a whole number from 0 to 65535, not "80x" (from the flag --port).'],
    ['port', '65536', 'port must be a whole number from 0 to 65535, not 65536 (from the flag --port).'],
    ['port', '', 'port must be a whole number from 0 to 65535, not "" (from the flag --port).'],
    ['streams.max', '1.5', 'streams.max must be a whole number of streams from 1 to 100000, not 1.5'],
    ['http.body_bytes', '999', 'http.body_bytes must be a whole number of bytes from 1000 to 1000000000, not 999'],
    ['log.level', 'loud', 'log.level must be one of fatal, error, warn, info, debug, trace, silent, not "loud"'],
    ['http.allowed_hosts', 'a:80', 'http.allowed_hosts must be a list of host names without a port, not ["a:80"]'],
    [
      'http.allowed_origins',
      'example.org',
      'http.allowed_origins must be a list of origins such as https://example.org',
    ],
    ['renditions.widths', '320,wide', 'renditions.widths must be a list of widths in pixels from 16 to 16384'],
    ['labels.hidden', '[1]', 'labels.hidden must be a list of wildcards such as *test*, not [1]'],
    ['labels.class_names', 'Hardhat|Mask', 'labels.class_names must be a list of entries "LABELS=NAME|NAME|…" such as'],
    ['labels.class_names', '*=Hardhat||Mask', 'without empty names, not ["*=Hardhat||Mask"]'],
    ['labels.class_names', '=Hardhat', 'labels.class_names must be'],
    ['labels.class_names', '*=', 'labels.class_names must be'],
    ['page.custom_css', '', 'page.custom_css must be the path of a file, not ""'],
  ])('of %s, "%s", is answered with what is allowed', (path, value, sentence) => {
    expect(problems([`--${path}`, value])).toContain(sentence)
  })

  it('that is secret is not shown', () => {
    const message = problems([], { BELVEDERE_PUBLISH_KEY: 'too-short' })
    expect(message).toBe(
      'publish_key must be a text of at least 16 characters, not what was given (not shown here) (from the environment variable BELVEDERE_PUBLISH_KEY).',
    )
  })

  it('stops the start even where a stronger place says another', () => {
    writeFileSync(join(root, '.env'), 'BELVEDERE_PORT=no\n')
    expect(problems(['--port', '1'])).toContain('(from BELVEDERE_PORT in .env)')
  })
})

describe('the environment', () => {
  it('is refused where it names no setting, but for the variables of the tools', () => {
    expect(problems([], { BELVEDERE_PROT: '1' })).toBe(
      'There is no setting BELVEDERE_PROT (the environment variable BELVEDERE_PROT). Did you mean BELVEDERE_PORT?',
    )
    const ofTools = { BELVEDERE_URL: 'x', BELVEDERE_TOKEN: 'y', BELVEDERE_TEST_CHROMIUM: 'z', HOST: 'a' }
    expect(() => load([], ofTools)).not.toThrow()
  })
})

describe('the configuration file', () => {
  const write = (text: string, name = 'belvedere.yaml') => writeFileSync(join(root, name), text)

  it('may hold every kind of setting', () => {
    write('host: 0.0.0.0\nhttp:\n  body_bytes: 5000\nlabels:\n  hidden: ["*a", b]\n')
    const { host, http, labels } = load()
    expect([host, http.body_bytes, labels.hidden]).toEqual(['0.0.0.0', 5000, ['*a', 'b']])
  })

  it('may be empty, or hold empty groups', () => {
    for (const text of ['', '# nothing\n', 'http:\n  # body_bytes: 1\n']) {
      write(text)
      expect(load().port).toBe(8000)
    }
  })

  it('may hold a table, which messages do not repeat', () => {
    write('commands:\n  custom:\n    open_gate:\n      http: { url: "http://ann:secret@gate" }\n')
    expect(load().commands.custom).toEqual({ open_gate: { http: { url: 'http://ann:secret@gate' } } })
    expect(load(['--commands.custom', '{"shut":{}}']).commands.custom).toEqual({ shut: {} })
    write('commands:\n  custom:\n    - "http://ann:secret@gate"\n')
    expect(problems()).toMatch(/^commands.custom must be a table .*, not what was given \(not shown here\)/)
  })

  it('is refused with the line of what is wrong', () => {
    write('port: 1\nhttp:\n  bodybytes: 5\n')
    expect(problems()).toBe(
      'There is no setting http.bodybytes (belvedere.yaml, line 3). Did you mean http.body_bytes?',
    )
    write('\nport: "80"\n')
    expect(problems()).toBe('port must be a whole number from 0 to 65535, not "80" (from belvedere.yaml, line 2).')
    write('port:\n')
    expect(problems()).toContain('not null (from belvedere.yaml, line 1)')
    write('a: [\n')
    expect(problems()).toMatch(/\(belvedere\.yaml, line \d\)\.$/)
    write('http: 5\n')
    expect(problems()).toBe('http must hold settings as "name: value" (belvedere.yaml).')
    write('- a\n')
    expect(problems()).toBe('The file must hold settings as "name: value" (belvedere.yaml).')
  })

  it('is another one when a flag or a variable names it, relative to the current folder', () => {
    write('port: 1\n')
    write('port: 2\n', 'sub/other.yaml')
    expect(load(['--config', 'other.yaml']).port).toBe(2)
    expect(load([], { BELVEDERE_CONFIG: 'other.yaml' }).port).toBe(2)
    writeFileSync(join(root, '.env'), 'BELVEDERE_CONFIG=sub/other.yaml\n')
    expect(load().port).toBe(2)
  })

  it('must exist when it is named', () => {
    expect(problems(['--config', 'none.yaml'])).toBe(`The configuration file ${join(cwd, 'none.yaml')} does not exist.`)
  })

  it('must be readable', () => {
    mkdirSync(join(root, 'belvedere.yaml'))
    expect(problems()).toContain(`${join(root, 'belvedere.yaml')} cannot be read: EISDIR`)
  })
})

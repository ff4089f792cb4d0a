import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Command, ServerCommand, temporaryFolder } from '../support/command.ts'
import { asProcess, onTerminal } from '../support/command-runners.ts'
import { freePort } from '../support/free-port.ts'
import { jpeg, png, webp } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { authorized, formOf, KEY } from '../support/server.ts'
import { frameOf, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const MAIN_FILE = join(import.meta.dirname, '../../src/main.ts')
const OWN_KEY = { BELVEDERE_PUBLISH_KEY: KEY }

/** Publishes a picture to a server that runs as a command, with the usual key. */
async function publish(url: string, file: Uint8Array = jpeg(16, 8), key = KEY): Promise<void> {
  const body = formOf({ label: 'site', key: 'camera', file })
  const response = await fetch(`${url}/frames`, { method: 'POST', body, headers: authorized(key) })
  expect(response.status, await response.text()).toBe(200)
}

/** A WebSocket route of a server that runs as a command. */
function socketOf(url: string, path: string): Promise<TestSocket> {
  return TestSocket.open(url.replace('http', 'ws') + path)
}

async function metricsOf(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text()
}

/** A folder of three pictures, the second with metadata. */
function pictureFolder(): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'photo-1.jpg'), jpeg(8, 8))
  writeFileSync(join(folder, 'photo-2.png'), png(16, 8))
  writeFileSync(join(folder, 'photo-10.webp'), webp(24, 8))
  writeFileSync(join(folder, 'notes.txt'), 'not a picture')
  const metadata = {
    warnings: { warning_no_hardhat: { count: 2 } },
    cone_polygons_json: '[[[1,2]]]',
    width: 640,
    wind: 3,
  }
  writeFileSync(join(folder, 'photo-2.json'), JSON.stringify(metadata))
  return folder
}

describe('belvedere serve', () => {
  it('makes a publish key at its first start, keeps it for this user alone, and prints it to a person once', async () => {
    const folder = join(temporaryFolder(), 'deep', 'data')
    const first = await ServerCommand.start(['--data-dir', folder], {}, onTerminal)
    const key = first.printedKey
    expect(key).toMatch(/^[\w-]{32,}$/)
    expect(first.stdout).toMatch(
      /curl -H "Authorization: Bearer \S+" \\\n\s+-F label=\S+ -F key=\S+ -F file=@\S+ http:\/\/\S+\/frames\n/,
    )
    const [, port] = /:(\d+)$/.exec(first.url) ?? []
    expect(first.stdout).toContain(`http://localhost:${port}/#key=${key}\n`)
    expect(statSync(join(folder, 'publish.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, 'publish.key'), 'utf8')).toBe(`${key}\n`)
    await publish(first.url, jpeg(8, 8), key)
    expect(await first.stop()).toBe(0)
    const second = await ServerCommand.start(['--data-dir', folder], {}, onTerminal)
    expect(second.stdout + second.stderr).not.toContain(key)
    expect(second.printedKey).toBe(`$(npx belvedere key --data-dir ${folder} --port 0)`)
    expect(second.stdout).toContain(`/publish   (it asks for the publish key: npx belvedere key --data-dir ${folder}`)
    await publish(second.url, jpeg(8, 8), key)
  })

  it('leaves the key that it made out of journals, and “belvedere key” prints it', async () => {
    const folder = join(temporaryFolder(), 'data')
    const early = new Command(['key', '--data-dir', folder])
    expect([await early.exited, early.stderr]).toEqual([1, expect.stringContaining('It makes one at its first start.')])
    const server = await ServerCommand.start(['--data-dir', folder], {}, asProcess)
    const key = readFileSync(join(folder, 'publish.key'), 'utf8').trim()
    await publish(server.url, jpeg(8, 8), key)
    expect(await server.stop()).toBe(0)
    expect(server.stdout + server.stderr).not.toContain(key)
    const forProgram = new Command(['key', '--data-dir', folder])
    expect([await forProgram.exited, forProgram.stdout]).toEqual([0, `${key}\n`])
    const where = ['--data-dir', folder, '--port', '81', '--http.base_path', '/cameras/']
    const forPerson = new Command(['key', ...where], {}, undefined, onTerminal)
    expect(await forPerson.exited).toBe(0)
    expect(forPerson.stdout).toContain(`${key}\n`)
    expect(forPerson.stdout).toContain(` http://localhost:81/cameras/#key=${key}\n`)
    const configured = new Command(['key', '--data-dir', folder], OWN_KEY)
    expect([await configured.exited, configured.stdout]).toEqual([0, `${KEY}\n`])
  })

  it('takes a key of the user and does not show it', async () => {
    const server = await ServerCommand.start(['--http.base_path', '/cameras/'], OWN_KEY, onTerminal)
    expect(server.stdout).toMatch(/live at http:\/\/localhost:\d+\/cameras\n/)
    await publish(server.url)
    expect(server.stdout + server.stderr).not.toContain(KEY)
    expect(server.stdout).not.toContain('#key=')
    expect(server.printedKey).toBe('$BELVEDERE_PUBLISH_KEY')
  })

  it('names no variable that the key of the user is not in', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file.yaml'), `publish_key: ${KEY}\n`)
    const server = await ServerCommand.start(['--config', join(folder, 'file.yaml')])
    expect(server.stdout + server.stderr).not.toContain(KEY)
    expect(server.stdout).toContain('Bearer <publish key>')
  })

  it('takes settings from flags before the environment before the file', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file.yaml'), 'streams:\n  max: 7\nlabels:\n  calls_per_minute: 1\nport: 1\n')
    const flags = ['-P', '0', '-H', '127.0.0.2', '--config', join(folder, 'file.yaml')]
    const env = { ...OWN_KEY, BELVEDERE_PORT: '2', BELVEDERE_STREAMS_MAX: '1' }
    const server = await ServerCommand.start(flags, env, asProcess)
    const url = server.url.replace('127.0.0.1', '127.0.0.2')
    await publish(url)
    expect((await fetch(`${url}/labels`)).status).toBe(200)
    expect((await fetch(`${url}/labels`)).status).toBe(429)
    const body = formOf({ label: 'site', key: 'another', file: jpeg(8, 8) })
    const response = await fetch(`${url}/frames`, { method: 'POST', body, headers: authorized() })
    expect(await response.text()).toContain('streams.max')
  })

  it.each([
    [['--port', '80x'], {}, /port must be a whole number.*"80x".*--port/],
    [['--http.body-bytes=5'], {}, /http\.body_bytes must be/],
    [[], { BELVEDERE_STREAMS_MAX: 'many' }, /streams\.max must be.*"many".*BELVEDERE_STREAMS_MAX/],
    [['--prot', '80'], {}, /--prot.*port/],
    [[], { BELVEDERE_PROT: '80' }, /BELVEDERE_PROT.*BELVEDERE_PORT/],
    [[], { BELVEDERE_PUBLISH_KEY: 'short' }, /publish_key must be.*16/],
    [['--config', '/nowhere/belvedere.yaml'], {}, /\/nowhere\/belvedere\.yaml/],
    [['--host', '203.0.113.1'], {}, /203\.0\.113\.1/],
    [['--page.custom-css', '/nowhere/own.css'], {}, /^page\.custom_css: .*\/nowhere\/own\.css does not exist\.$/m],
    [['--page.custom-css', '/'], {}, /^page\.custom_css: \/ is a folder/m],
    [['--http.static-dir', '/nowhere'], {}, /^http\.static_dir: .*\/nowhere does not exist\.$/m],
    [['--http.static-dir', MAIN_FILE], {}, /^http\.static_dir: .* is not a folder\.$/m],
    [['--labels.class-names', 'Hardhat'], {}, /labels\.class_names must be a list of entries.*site-\*=Hardhat/],
  ] as const)('names the wrong setting and does not start: %j %j', async (flags, env, sentence) => {
    const command = new Command(['serve', '--port', '0', '--data-dir', temporaryFolder(), ...flags], env)
    expect(await command.exited).toBe(1)
    expect(command.stderr).toMatch(sentence)
    expect(command.stderr).not.toMatch(/^\s+at /m)
    expect(command.stdout).not.toContain('live at')
  })

  it('says in a sentence that the port is taken', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const command = new Command(['serve', '--port', port, '--data-dir', temporaryFolder()], {}, undefined, asProcess)
    expect(await command.exited).toBe(1)
    expect(command.stderr).toMatch(new RegExp(`^Port ${port} .*taken.*--port`))
    expect(command.stderr.trim().split('\n')).toHaveLength(1)
    await new Promise((resolve) => taken.close(resolve))
  })

  it('says in a sentence that its data folder cannot be made', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const command = new Command(['serve', '--port', '0', '--data-dir', join(file, 'data')])
    expect(await command.exited).toBe(1)
    expect(command.stderr).toContain(join(file, 'data'))
    expect(command.stderr.trim().split('\n')).toHaveLength(1)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says goodbye on %s: 1012 on /ws/live, 1001 elsewhere, exit code 0',
    async (signal) => {
      const server = await ServerCommand.start([], OWN_KEY, asProcess)
      await publish(server.url, jpeg(16, 8, 1_000_000))
      const live = await socketOf(server.url, '/ws/live')
      live.ask({ type: 'watch', id: 1 })
      await live.nextPicture()
      const others = [
        await socketOf(server.url, '/ws/labels/site'),
        await socketOf(server.url, '/ws/stream/site/camera'),
        await socketOf(server.url, '/api/ws/labels/site'),
        await socketOf(server.url, '/api/ws/stream/site/camera'),
        await TestSocket.publisher(`${server.url.replace('http', 'ws')}/ws/frames`),
      ]
      for (const socket of others) await socket.settled()
      const exited = server.stop(signal)
      expect((await live.closed).code).toBe(1012)
      for (const socket of others) expect((await socket.closed).code).toBe(1001)
      expect(await exited).toBe(0)
    },
  )

  it('ends in time with exit code 0, whatever its peers do not do', async () => {
    const server = await ServerCommand.start(['--viewers.max', '3'], OWN_KEY, asProcess)
    await publish(server.url, jpeg(16, 8, 5_000_000))
    const connect = () => RawConnection.open(server.url)
    await connect()
    const halfRequest = await connect()
    halfRequest.write('GET /streams HTTP/1.1\r\nHost: localh')
    const halfPost = await connect()
    halfPost.write(
      `POST /frames HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n\r\n--x\r\n`,
    )
    const refused = await connect()
    refused.upgrade('/ws/nothing')
    await refused.ended
    // None of these answers a closing handshake, and the first does not even read.
    for (let viewers = 1; viewers <= 3; viewers++) {
      const viewer = await connect()
      if (viewers === 1) viewer.socket.pause()
      viewer.upgrade('/ws/labels/site')
      await until(async () => (await metricsOf(server.url)).includes(`belvedere_viewers ${viewers}\n`))
    }
    const tooMany = await connect()
    tooMany.upgrade('/ws/labels/site')
    await until(() => Buffer.from(tooMany.received).includes(Buffer.of(1013 >> 8, 1013 & 255)), 'the close code 1013')
    const waiting = fetch(`${server.url}/streams/site/nothing/snapshot?wait=30`)
    await until(async () => (await metricsOf(server.url)).includes('belvedere_viewers 4\n'))
    // Exit code 0 means that it ended by itself: after 4.5 s it would have given up, with 1.
    expect(await server.stop()).toBe(0)
    expect((await waiting).status).toBe(503)
  })

  it('finishes what it was sending when it was told to stop', async () => {
    const server = await ServerCommand.start([], OWN_KEY)
    const file = jpeg(16, 8, 8_000_000)
    await publish(server.url, file)
    const slow = await RawConnection.open(server.url)
    slow.write('GET /streams/site/camera/snapshot HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => slow.received.length > 0, 'the beginning of the picture')
    slow.socket.pause()
    const viewer = await socketOf(server.url, '/ws/labels/site')
    viewer.ws.pause()
    const exited = server.stop()
    await server.written(/going down/)
    slow.socket.resume()
    viewer.ws.resume()
    expect(frameOf(await viewer.next()).image.equals(file)).toBe(true)
    expect((await viewer.closed).code).toBe(1001)
    await slow.ended
    expect(Buffer.compare(slow.received.subarray(-file.length), file)).toBe(0)
    expect(await exited).toBe(0)
  })

  it('takes no new connection once it is going down', async () => {
    const server = await ServerCommand.start([], OWN_KEY)
    const exited = server.stop()
    await exited
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  })
})

describe('belvedere', () => {
  it('tells what it can do, and calls an unknown command unknown', async () => {
    const help = new Command(['help'], {}, undefined, asProcess)
    expect(await help.exited).toBe(0)
    for (const word of ['serve', 'publish', '--port', '--data-dir']) expect(help.stdout).toContain(word)
    const unknown = new Command(['srve'], {}, undefined, asProcess)
    expect(await unknown.exited).toBe(2)
    expect(unknown.stderr).toContain('srve')
  })
})

describe('belvedere publish', () => {
  it('publishes the pictures of a folder in the order of their numbers, with the metadata beside them', async () => {
    const server = await ServerCommand.start([], OWN_KEY)
    const viewer = await socketOf(server.url, '/ws/live')
    viewer.ask({ type: 'watch', id: 1 })
    await viewer.nextOfType('watching')
    const folder = pictureFolder()
    const command = new Command(
      ['publish', folder, '--label', 'site', '--key', 'cam', '--fps', '10', '--url', server.url],
      OWN_KEY,
    )
    const headers = []
    for (let i = 0; i < 3; i++) {
      const { header } = await viewer.nextPicture()
      viewer.ask({ type: 'credit', n: Number(header.n) })
      headers.push(header)
    }
    expect(headers.map(({ media_type, width }) => [media_type, width])).toEqual([
      ['image/jpeg', 8],
      ['image/png', 16],
      ['image/webp', 24],
    ])
    expect(headers[0]).toMatchObject({ label: 'site', key: 'cam', captured_at: expect.any(Number) })
    expect(headers[0]).not.toHaveProperty('annotations')
    expect(headers[1]).toMatchObject({
      annotations: { warnings: { warning_no_hardhat: { count: 2 } }, cone_polygons: [[[1, 2]]] },
      metadata: { wind: 3 },
    })
    expect(await command.exited).toBe(0)
    expect(command.stdout).toContain('3 published, 0 refused')
  })

  it('goes round with --loop until it is told to stop', async () => {
    const server = await ServerCommand.start([], OWN_KEY)
    const args = ['publish', pictureFolder(), '--loop', '--fps', '100']
    const command = new Command(args, { ...OWN_KEY, BELVEDERE_URL: server.url }, undefined, asProcess)
    await command.written(/to pictures\//)
    const published = async () => (await metricsOf(server.url)).match(/frames_in_total\{.*\} (\d+)/)?.[1]
    await until(async () => Number(await published()) > 10, 'more frames than there are pictures')
    expect(await command.stop('SIGINT')).toBe(0)
    expect(command.stdout).toMatch(/\d\d+ published, 0 refused/)
  })

  it('takes single files, and the key that the server on this machine keeps', async () => {
    const data = temporaryFolder()
    const server = await ServerCommand.start(['--data-dir', data])
    const folder = pictureFolder()
    const command = new Command(
      ['publish', join(folder, 'photo-2.png'), join(folder, 'photo-1.jpg'), '--url', server.url],
      {
        BELVEDERE_DATA_DIR: data,
      },
    )
    expect(await command.exited).toBe(0)
    const answer = await fetch(`${server.url}/streams/pictures/photo-2/snapshot`)
    expect(answer.headers.get('content-type')).toBe('image/jpeg')
  })

  it('goes on by itself when the server comes back', async () => {
    const data = temporaryFolder()
    const flags = ['--data-dir', data, '--port', String(await freePort())]
    const first = await ServerCommand.start(flags, OWN_KEY)
    const command = new Command(
      ['publish', pictureFolder(), '--key', 'cam', '--loop', '--fps', '50', '--url', first.url],
      OWN_KEY,
    )
    const watch = async (url: string) => {
      const viewer = await socketOf(url, '/ws/live')
      viewer.ask({ type: 'watch', id: 1 })
      await viewer.nextPicture()
    }
    await watch(first.url)
    expect(await first.stop()).toBe(0)
    await command.written(/No connection to .*trying again/)
    const second = await ServerCommand.start(flags, OWN_KEY)
    await watch(second.url)
    expect(await command.stop()).toBe(0)
  })

  it('stops when it is told to, though there is no server', async () => {
    const command = new Command(['publish', pictureFolder(), '--loop', '--url', 'http://127.0.0.1:9'], OWN_KEY)
    await command.written(/No connection/)
    expect(await command.stop('SIGINT')).toBe(0)
  })

  it('names the file that is refused, goes on, and ends with an exit code', async () => {
    const server = await ServerCommand.start([], OWN_KEY)
    const folder = pictureFolder()
    writeFileSync(join(folder, 'photo-3.jpg'), 'no picture')
    const command = new Command(['publish', folder, '--fps', '1000', '--url', server.url], OWN_KEY)
    expect(await command.exited).toBe(1)
    expect(command.stderr).toMatch(/photo-3\.jpg: Failed to store frame: .*JPEG, PNG or WebP/)
    expect(command.stdout).toContain('3 published, 1 refused')
  })

  it('tells that its key is not known, and gives up', async () => {
    const server = await ServerCommand.start([], OWN_KEY)
    const command = new Command(['publish', pictureFolder(), '--loop', '--url', server.url, '--token', 'wrong'])
    expect(await command.exited).toBe(1)
    expect(command.stderr).toContain('key')
    expect(command.stderr).not.toContain('wrong')
  })

  it.each([
    [['/nowhere'], /\/nowhere does not exist/],
    [[], /What to publish/],
    [['FOLDER', '--fps', 'fast'], /--fps/],
    [['FOLDER', '--fps', '0'], /--fps/],
    [['FOLDER', '--speed', '5'], /--speed/],
    [['FOLDER', '--url', 'localhost:8000'], /--url/],
    [['EMPTY'], /no pictures/],
    [['BROKEN'], /photo\.json is not JSON/],
    [['LIST'], /photo\.json must hold a JSON object/],
  ])('says in a sentence what is wrong with %j', async (args, sentence) => {
    const folder = temporaryFolder()
    for (const [name, json] of [
      ['EMPTY', undefined],
      ['BROKEN', '{'],
      ['LIST', '[]'],
      ['FOLDER', '{}'],
    ] as const) {
      mkdirSync(join(folder, name))
      if (json === undefined) continue
      writeFileSync(join(folder, name, 'photo.jpg'), jpeg(8, 8))
      writeFileSync(join(folder, name, 'photo.json'), json)
    }
    const given = args.map((argument) => (/^[A-Z]+$/.test(argument) ? join(folder, argument) : argument))
    const command = new Command(['publish', ...given], OWN_KEY)
    expect(await command.exited).toBe(1)
    expect(command.stderr).toMatch(sentence)
    expect(command.stderr.trim().split('\n')).toHaveLength(1)
  })
})

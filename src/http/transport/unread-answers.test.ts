import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { Quota } from '../../core/quota.ts'
import { HttpConnection } from './http-connection.ts'
import { UnreadAnswers } from './unread-answers.ts'

/** A response on a connection of its own, as Node shows it. */
class Answer {
  readonly connection = new HttpConnection(new Socket(), '203.0.113.5')
  readonly #response = new ServerResponse(new IncomingMessage(this.connection.socket))

  constructor(client: string) {
    const raw = new IncomingMessage(this.connection.socket)
    this.connection.request = { raw, identity: { principal: { ...NOBODY, id: client } } }
    this.connection.add(this.#response)
  }

  /** Writes it whole, of which the kernel has taken some bytes. */
  write(bytes: number, taken: number): void {
    Object.defineProperty(this.#response, 'writableLength', { value: bytes, configurable: true })
    const handle = { bytesWritten: bytes, writeQueueSize: bytes - taken, close() {} }
    Object.defineProperty(this.connection.socket, '_handle', { value: handle, configurable: true, writable: true })
  }

  /** It has been read. */
  close(): void {
    this.connection.remove(this.#response)
  }

  get isCut(): boolean {
    return this.connection.socket.destroyed
  }
}

const NOBODY = { name: 'nobody', kind: 'user', grants: [], ended: new AbortController().signal } as const

function start() {
  const clock = new ManualClock()
  const heldBytes = new Quota({ max: 1000, share: 500, reserved: 200 })
  const limits: string[] = []
  const unread = new UnreadAnswers({
    clock,
    heldBytes,
    counters: { limited: (limit) => limits.push(limit) },
    holderOf: ({ identity }) => ({ client: identity?.principal.id ?? '', isPrivileged: false }),
    answerTimeout: 30_000,
  })
  const watch = (client: string, bytes = 0) => {
    const answer = new Answer(client)
    answer.write(bytes, 0)
    unread.watch(answer.connection)
    return answer
  }
  return { clock, heldBytes, limits, unread, watch }
}

describe('a response', () => {
  it('of which nothing is taken for too long is given up', () => {
    const { clock, limits, watch } = start()
    const answer = watch('ann', 100)
    clock.advance(30_000)
    expect(answer.isCut).toBe(false)
    clock.advance(500)
    expect(answer.isCut).toBe(true)
    expect(limits).toEqual(['http.answer_timeout_s'])
  })

  it('that is taken little by little is sent to its end, though it is a single write', () => {
    const { clock, watch } = start()
    const answer = watch('ann', 100)
    for (let taken = 1; taken < 100; taken++) {
      clock.advance(20_000)
      answer.write(100, taken)
    }
    expect(answer.isCut).toBe(false)
  })

  it('that has not begun may take its time, and then has all of its own', () => {
    const { clock, watch } = start()
    const answer = watch('ann')
    clock.advance(300_000)
    answer.write(100, 0)
    clock.advance(29_000)
    expect(answer.isCut).toBe(false)
  })

  it('holds memory for its client until it is read', () => {
    const { clock, heldBytes, unread, watch } = start()
    const answers = [watch('ann', 100), watch('ann', 200), watch('ben', 50)]
    clock.advance(250)
    expect([heldBytes.usedBy('ann'), heldBytes.usedBy('ben'), heldBytes.used]).toEqual([300, 50, 350])
    answers[0]?.close()
    clock.advance(250)
    expect(heldBytes.used).toBe(250)
    unread.close()
    expect(heldBytes.used).toBe(0)
  })
})

describe('of too many unread responses the largest are given up', () => {
  it('of one client', () => {
    const { clock, limits, watch } = start()
    const answers = [400, 100, 300, 50].map((bytes) => watch('ann', bytes))
    clock.advance(250)
    expect(answers.map(({ isCut }) => isCut)).toEqual([true, false, false, false])
    expect(limits).toEqual(['limits.held_bytes_per_client'])
  })

  it('of all clients', () => {
    const { clock, limits, watch } = start()
    const answers = ['ann', 'ben', 'eve'].map((client, i) => watch(client, 300 + i))
    clock.advance(250)
    expect(answers.map(({ isCut }) => isCut)).toEqual([false, false, true])
    expect(limits).toEqual(['limits.held_bytes'])
  })
})

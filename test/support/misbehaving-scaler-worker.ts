/*
 * A thread in the place of `scaler-worker.ts` that does what the real one never should: the first byte of a picture says
 * what.
 */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { NativeGate, ThreadEnding } from '../../src/renditions/native-gate.ts'
import type { ScalerAnswer, ScalerOrder, ScalerThreadSettings } from '../../src/renditions/scaler-messages.ts'

/** What it does. */
export const MISBEHAVIOUR = { none: 0, throws: 1, exits: 2, hangs: 3, hangsInNativeCode: 4, eatsMemory: 5 } as const

/** While there is such a file, whatever hangs in native code goes on hanging. */
export const HANGING = join(tmpdir(), `belvedere-hanging-${process.pid}`)

if (parentPort && isSettings(workerData)) work(parentPort, new NativeGate(workerData.gate))

function work(port: MessagePort, gate: NativeGate): void {
  const answer = (message: ScalerAnswer) => port.postMessage(message)
  const behave: Record<number, () => void> = {
    [MISBEHAVIOUR.none]: () => answer({ kind: 'scaled', pictures: [], isDamaged: false }),
    [MISBEHAVIOUR.throws]: () => {
      throw new Error('it is thrown')
    },
    [MISBEHAVIOUR.exits]: () => process.exit(3),
    [MISBEHAVIOUR.hangs]: () => {
      for (;;);
    },
    [MISBEHAVIOUR.hangsInNativeCode]: () => {
      gate.enter()
      do Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
      while (existsSync(HANGING))
      gate.leave()
    },
    [MISBEHAVIOUR.eatsMemory]: () => {
      const eaten: number[][] = []
      for (;;) eaten.push(new Array(100_000).fill(1.5))
    },
  }
  port.on('message', (order: ScalerOrder) => {
    if (order.kind === 'end') return port.close()
    try {
      behave[new Uint8Array(order.memory)[0] ?? 0]?.()
    } catch (error) {
      if (!(error instanceof ThreadEnding)) throw error
      port.close()
    }
  })
  gate.leave()
  answer({ kind: 'ready' })
}

function isSettings(data: unknown): data is ScalerThreadSettings {
  return typeof data === 'object' && data !== null && 'gate' in data
}

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from './console.mjs'
import { ROOT } from './root.mjs'

// A holder creates the folder and then writes its pid into it; a folder older than this without a pid is abandoned.
const MS_TO_WRITE_PID = 5_000
const MS_BETWEEN_TRIES = 100

/**
 * A lock between processes of this machine (mutual exclusion): runs `action` while no other process holds the lock of
 * the same name, waiting as long as it takes. A lock whose process has died is ignored.
 * @param {string} name
 * @param {() => Promise<void>} action
 */
export async function withLock(name, action) {
  // Not inside node_modules or dist/web, which locked actions delete.
  const folder = join(ROOT, 'dist', `.${name}-lock`)
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  let told = false
  while (!take(folder)) {
    if (!told) say(`Waiting for another process to finish (its lock is ${folder}) …`)
    told = true
    await sleep(MS_BETWEEN_TRIES)
  }
  const release = () => rmSync(folder, { recursive: true, force: true })
  // `fail` exits the process from inside the action.
  process.once('exit', release)
  try {
    await action()
  } finally {
    process.off('exit', release)
    release()
  }
}

function take(folder) {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isAbandoned(folder)) return false
    remove(folder)
    return take(folder)
  }
  writeFileSync(join(folder, 'pid'), String(process.pid))
  return true
}

function isAbandoned(folder) {
  try {
    const text = readFileSync(join(folder, 'pid'), 'utf8')
    if (text !== '') return !isAlive(Number(text))
  } catch {
    // No pid yet, or the lock has just been released.
  }
  const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs
  return made !== undefined && Date.now() - made > MS_TO_WRITE_PID
}

function isAlive(pid) {
  // In containers pids repeat: a lock with our own pid is left from an earlier run.
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Deletes an abandoned lock; renamed first, so that only one of two processes does. */
function remove(folder) {
  const grave = `${folder}-${process.pid}`
  try {
    renameSync(folder, grave)
    rmSync(grave, { recursive: true, force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

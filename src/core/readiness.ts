/** Tells why something cannot do its work now, as a sentence for the operator; undefined if it can. */
export type ReadinessCheck = () => string | undefined

/** Readiness (health check): whether all parts of the server can do their work. Each part adds its own check. */
export class Readiness {
  readonly #checks: ReadinessCheck[] = []

  add(check: ReadinessCheck): void {
    this.#checks.push(check)
  }

  /** Why the server is not ready: all reasons, in the order they were added; undefined if it is ready. */
  get problem(): string | undefined {
    const problems = this.#checks.flatMap((check) => check() ?? [])
    return problems.length > 0 ? problems.join(' ') : undefined
  }
}

import type { SharedUse } from '../../src/core/shared-use.ts'

/** A limit that some servers share, without a delay: each gets its own `SharedUse`. */
export function sharedUseOf(servers: number): readonly SharedUse[] {
  const charges: ((client: string, some: number) => void)[] = []
  return Array.from({ length: servers }, (_, own) => ({
    used(client, some) {
      for (const [i, charge] of charges.entries()) if (i !== own) charge(client, some)
    },
    onUsed(charge) {
      charges[own] = charge
    },
  }))
}

/** Health of a store, for operators. The reason is a sentence. */
export type StoreHealth = { readonly isHealthy: true } | { readonly isHealthy: false; readonly reason: string }

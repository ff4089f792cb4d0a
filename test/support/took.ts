/** How long something takes, ms. */
export async function took(something: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await something
  return performance.now() - start
}

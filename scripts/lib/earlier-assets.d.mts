export function withEarlierAssets(output: string, build: () => Promise<void>): Promise<void>

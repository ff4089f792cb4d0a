/** What the WebSocket routes of viewers have in common: who only watches has little to say. */
export const viewerSocket = { action: 'view', maxMessage: 64 * 1024, goodbye: 1001 } as const

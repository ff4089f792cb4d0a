/** The common options of viewers' WebSocket routes. Viewers send only small messages: at most 64 KiB. */
export const viewerSocket = { action: 'view', maxMessage: 64 * 1024, goodbye: 1001 } as const

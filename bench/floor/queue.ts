/** The floor's own task queue: no worker of ours polls it. */
export const FLOOR_QUEUE = 'bench-floor'

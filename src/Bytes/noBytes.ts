export const noBytes = new Uint8Array(0)

/** A preview shows the first records of a file, at most this many. */
export const previewedRecords = 100

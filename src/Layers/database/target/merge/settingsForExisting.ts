/** Settings of the transaction that writes to a table that exists. */
export const settingsForExisting = [
  // A policy must not hide rows from the load: it fails instead.
  "set local row_security = off",
  // Rows go to any page of the indexes. A page that is written at once would be written again for each of its rows.
  "set local backend_flush_after = 0",
].join("; ")

/**
 * Every way a load can fail, by its code in `error.code` of a job: whether another attempt may succeed, and what it means
 * and what to do. The codes are part of the HTTP contract: new ones may be added, but none is ever renamed.
 */
export const loadErrorCatalog = {
  // No response from the source.
  source_unreachable: {
    isRetryable: true,
    meaning: "No HTTP server responds there, or DNS does not respond. Check scheme, host and port.",
  },
  source_unknown_host: {
    isRetryable: false,
    meaning: "DNS knows no such host, or it is not fetched from. Check the spelling.",
  },
  source_tls_error: { isRetryable: false, meaning: "No trusted TLS connection. Check the certificate." },
  address_forbidden: {
    isRetryable: false,
    meaning:
      "An address that is not public, a port of another protocol, or a host outside `SOURCES_ONLY`. The operator can allow it.",
  },
  source_proxy_failed: {
    isRetryable: true,
    meaning: "The operator's `SOURCE_PROXY` cannot be used. The log has details.",
  },
  too_many_redirects: {
    isRetryable: false,
    meaning: "More than 5. Give the URL of the file itself, or a token or cookie in `headers`.",
  },
  invalid_redirect: {
    isRetryable: false,
    meaning: "A redirect without a target, to another scheme than http and https, or from https to http.",
  },
  // The source responded, but not with the file.
  source_not_found: { isRetryable: false, meaning: "404 or 410. Check the path." },
  source_access_denied: {
    isRetryable: false,
    meaning:
      "401 or 403. Check user and password, the expiry of a signed URL, or give a token or `User-Agent` in `headers`.",
  },
  source_rejected: {
    isRetryable: false,
    meaning: "A response other than 200 with the file, or not valid HTTP. Check scheme, port and URL.",
  },
  source_unavailable: {
    isRetryable: true,
    meaning: "408, 425, 429 or 5xx, 403 with `Retry-After`, or 202 for too long.",
  },
  source_timeout: {
    isRetryable: true,
    meaning: "No response within `SOURCE_HEADER_TIMEOUT`, or no data for `SOURCE_IDLE_TIMEOUT`.",
  },
  source_too_slow: {
    isRetryable: true,
    meaning: "Fewer bytes per second than `SOURCE_LEAST_RATE`. Copy the file to a faster server.",
  },
  source_interrupted: { isRetryable: true, meaning: "The download broke off and could not be resumed." },
  source_changed: {
    isRetryable: true,
    meaning: "The file changed while a broken download was resumed. The next attempt starts over.",
  },
  upload_interrupted: {
    isRetryable: false,
    meaning:
      "The client closed the connection of its upload before the response, or the service was stopped. Nothing was loaded: send the file again.",
  },
  malformed_upload: {
    isRetryable: false,
    meaning:
      "The body of an upload is not the file as it was: a form with something after its file, or line ends that `curl -d` removed. Nothing was loaded: send it as the message says.",
  },
  source_too_large: {
    isRetryable: false,
    meaning:
      "Larger than `MAX_FILE_SIZE`, or when decompressed than `MAX_DECODED_SIZE`, or than `MAX_EXPANSION` allows.",
  },
  unsupported_compression: {
    isRetryable: false,
    meaning: "A compression or encryption that Sluice cannot read.",
  },
  corrupt_compression: {
    isRetryable: false,
    meaning: "Compressed data that is damaged or truncated, or a wrong `Content-Encoding`.",
  },
  not_csv: { isRetryable: false, meaning: "A web page, archive or document. Load the CSV file itself." },
  // The file cannot become a table.
  empty_file: { isRetryable: false, meaning: "No header line. Check the file, or what its URL returns." },
  ragged_record: { isRetryable: false, meaning: "Too few or too many fields. Correct the record." },
  unterminated_quote: {
    isRetryable: false,
    meaning: "A quote is never closed. The position is where it opens.",
  },
  text_after_quote: {
    isRetryable: false,
    meaning:
      "Text between a closing quote and the next delimiter. Double the quotes that belong to the text.",
  },
  nul_byte: { isRetryable: false, meaning: "A NUL byte, which Postgres text cannot hold." },
  invalid_utf8: {
    isRetryable: false,
    meaning: "Not valid UTF-8. Save the file as UTF-8, or give its `encoding`.",
  },
  invalid_encoding: {
    isRetryable: false,
    meaning:
      "Bytes that the file's encoding does not have, or ISO-2022-KR. Save the file as UTF-8, or give its `encoding`.",
  },
  record_too_large: {
    isRetryable: false,
    meaning: "A record over `MAX_RECORD_SIZE`, often because of a missing closing quote.",
  },
  too_many_columns: { isRetryable: false, meaning: "More than 1,600, the limit of a Postgres table." },
  columns_mismatch: {
    isRetryable: false,
    meaning:
      "An option names a column that the file does not have, or names one twice, or two columns get the same name, or one of several files has other columns than the first.",
  },
  type_mismatch: {
    isRetryable: false,
    meaning:
      "A value does not have the type that `columns` gives its column. Correct it, or give it in `nullValues`.",
  },
  null_value: {
    isRetryable: false,
    meaning: "No value in a column of the table that is NOT NULL, or of the key. Give the record one.",
  },
  check_violated: {
    isRetryable: false,
    meaning: "A value that a CHECK of the table does not allow. The message names it.",
  },
  schema_mismatch: {
    isRetryable: false,
    meaning:
      "The columns of the file do not fit those of the table. The message names them; see `onSchemaChange` and `columns`.",
  },
  table_unsuitable: {
    isRetryable: false,
    meaning: "Rows cannot be loaded into this table, such as a view. The message says why.",
  },
  no_rows: {
    isRetryable: false,
    meaning:
      "The file has no row to load, and the load would delete all rows of the table. Check the file, or give `allowEmpty=true`.",
  },
  duplicate_key: {
    isRetryable: false,
    meaning: "Several records have the same key. Correct the file, or give `onDuplicateKey=last` or `first`.",
  },
  constraint_violated: {
    isRetryable: false,
    meaning:
      "The rows violate a unique or foreign key, or an exclusion, of the table. The message names it and the values.",
  },
  primary_key_violated: {
    isRetryable: false,
    meaning: "The columns of `primaryKey` have the same values in two rows, or NULL. The message names them.",
  },
  too_many_bad_rows: {
    isRetryable: false,
    meaning: "More records were rejected than `maxBadRows` allows. Check the file or raise the limit.",
  },
  // Postgres did not load it.
  table_exists: {
    isRetryable: false,
    meaning:
      "Someone else created a table, index or type of this name after the job was accepted. Load the file again.",
  },
  target_rejected: {
    isRetryable: false,
    meaning:
      "Postgres refused the load: a row too wide for a page, a value too long for an index, or no permission in the target schema.",
  },
  table_changed: {
    isRetryable: true,
    meaning:
      "The table was changed or dropped while the file was loaded. Another attempt takes it as it is then.",
  },
  table_busy: {
    isRetryable: true,
    meaning: "Another transaction held a lock on the table for too long.",
  },
  target_out_of_space: { isRetryable: true, meaning: "The database's disk is full." },
  target_unknown: {
    isRetryable: true,
    meaning:
      "The operator has given up the database of the job's table, or has set `TARGET_DATABASE_URL` since. Post the job again.",
  },
  database_unavailable: {
    isRetryable: true,
    meaning: "The database did not respond, or ended the load's connection.",
  },
  load_too_long: {
    isRetryable: false,
    meaning: "The load took longer than `MAX_LOAD_DURATION`. Split the file, or ask the operator.",
  },
  // The worker failed.
  worker_lost: {
    isRetryable: false,
    meaning:
      "The worker crashed or lost its database five times while loading this file, or once while receiving an upload. Check its log and memory.",
  },
  secrets_unreadable: {
    isRetryable: true,
    meaning:
      "The worker lacks the key of the job's URL or headers. Give API and workers the same `SECRETS_KEY_FILE`.",
  },
  other: {
    isRetryable: false,
    meaning: "An error of a later version of Sluice, which ran the job. The message says what to do.",
  },
  internal_error: { isRetryable: true, meaning: "A bug in Sluice. The worker's log has details." },
} as const satisfies Record<string, { readonly isRetryable: boolean; readonly meaning: string }>

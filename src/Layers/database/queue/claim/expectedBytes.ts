/** What every load costs besides its bytes: its connections, its transaction, its table. */
const ofEachLoad = 2 ** 20
/** More counts for no more, so that the next job of a caller does not wait for hundreds of small ones. */
const atMost = 256 * 2 ** 20
/** A file whose size nobody knows yet. */
const ofUnknownFile = 16 * 2 ** 20

/**
 * SQL of the bytes that a claimed job is expected to cost: those that its server declared in an earlier attempt, or those of the last
 * load of its source, or as many as files of unknown size; within a limit.
 *
 * @param id SQL of the job's id
 */
export const expectedBytes = (id: string): string => `${ofEachLoad} + coalesce((
      select least(${atMost}, coalesce(job.bytes_total, (
        select last.bytes_received from sluice.source join sluice.job as last on last.id = loaded_by where source.id = job.source_id
      ), ${ofUnknownFile}::bigint * (1 + coalesce(cardinality(job.other_urls), 0))))
      from sluice.job where job.id = ${id}
    ), ${ofUnknownFile})`

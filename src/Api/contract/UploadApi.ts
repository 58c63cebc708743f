import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as Struct from "effect/Struct"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { isFinal } from "../../Domain/job/JobState.ts"
import type { Job } from "../../Domain/job/Job.ts"
import { modeFits } from "../../Domain/load/options/ModeOptions.ts"
import { LoadOptions } from "../../Domain/load/options/LoadOptions.ts"
import { IdempotencyKeyField } from "./parameters/IdempotencyKeyField.ts"
import { otherParameters } from "./parameters/queryParameters.ts"
import { jobLocation, JobResource } from "./JobResource.ts"
import { loadFits } from "./LoadBody.ts"
import { Authorization, ChangesState, InvalidInput, RequiredScope, StreamsBody } from "./Middleware.ts"
import { optionSchema } from "./OpenApiDocument.ts"
import * as Problem from "./problems/Problems.ts"

/** All options of a load, except those that are about requests for the file. */
export const UploadFields = Schema.Struct(Struct.omit(LoadOptions.fields, ["headers", "timeout"]))

/** The options of an upload, from the query and a form together. */
export const UploadOptions = UploadFields.check(...loadFits, modeFits)

/** The response's status is that of the first schema that takes the job, so each takes other states. */
const jobThatIs = (status: 201 | 202, fits: (job: Job) => boolean) =>
  HttpApiSchema.WithHeaders(
    JobResource.check(Schema.makeFilter(fits)).pipe(HttpApiSchema.status(status)),
    jobLocation,
  )

const contract = {
  headers: { "idempotency-key": Schema.optionalKey(IdempotencyKeyField) },
  // Checked with the fields of a form.
  query: UploadFields,
  success: [jobThatIs(201, ({ state }) => isFinal(state)), jobThatIs(202, ({ state }) => !isFinal(state))],
  error: [
    Problem.RequestTimedOut,
    Problem.UploadFailed,
    Problem.UploadCancelled,
    Problem.UploadsOff,
    Problem.TableNameTaken,
    Problem.TableBusy,
    Problem.IdempotencyKeyReused,
    Problem.withRetryAfter(Problem.TooManyUploads),
    Problem.withRetryAfter(Problem.UploadUnavailable),
  ],
} as const

const description =
  "Loads the body, which is a CSV file of any size, while it arrives, and responds when the table is there: 201 with the finished job. All load options are parameters of the query. The body may be compressed, with or without `Content-Encoding`. A form of a browser (`multipart/form-data`) has its options before the file. Nothing is loaded if the connection ends before the response, unless the commit had begun. Repeated with the same `Idempotency-Key`, it returns the job of the first request: 202 while that runs. If that job has failed, a new attempt needs a new key."

/** The OpenAPI document of an endpoint whose body is a file, and whose query has the options. */
export const describedUpload = (identifier: string, summary: string, description: string) =>
  OpenApi.annotations({
    identifier,
    summary,
    description,
    transform: (operation) => ({
      ...operation,
      // The generator describes the texts of the query, not the options that they mean.
      parameters: [
        ...otherParameters(operation),
        ...Object.entries(UploadFields.fields).map(([name, field]) => {
          const { description: meaning, ...schema } = optionSchema(name, field.ast, true)
          return {
            name,
            in: "query",
            required: !SchemaAST.isOptional(field.ast),
            description: meaning,
            schema,
          }
        }),
      ],
      requestBody: {
        required: true,
        description: "The file.",
        content: {
          "text/csv": { schema: { type: "string", format: "binary" } },
          "multipart/form-data": {
            schema: { type: "object", properties: { file: { type: "string", format: "binary" } } },
          },
        },
      },
    }),
  })

/** The path of an endpoint that takes a file with its name. */
export const FileNameParams = {
  fileName: Schema.String.annotate({
    description: "Name of the file, for the table's name. `curl -T` adds it to a URL that ends with /.",
  }),
}

const put = HttpApiEndpoint.put("upload", "/upload", contract)
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "submit")
  .annotate(StreamsBody, true)
  .annotateMerge(describedUpload("upload", "Load a file that is sent", description))

const putNamed = HttpApiEndpoint.put("uploadNamed", "/upload/:fileName", {
  ...contract,
  params: FileNameParams,
})
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "submit")
  .annotate(StreamsBody, true)
  .annotateMerge(describedUpload("uploadNamed", "Load a file that is sent with its name", description))

const post = HttpApiEndpoint.post("uploadForm", "/upload", contract)
  .annotate(RequiredScope, "submit")
  .annotate(ChangesState, "submit")
  .annotate(StreamsBody, true)
  .annotateMerge(describedUpload("uploadForm", "Load a file that is sent (POST)", description))

/** Load files that clients send. */
export class UploadApi extends HttpApiGroup.make("upload")
  .add(put, putNamed, post)
  .middleware(InvalidInput)
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Uploads", description: "An upload loads the body of a request." }),
  ) {}

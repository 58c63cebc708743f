import { relative } from "node:path"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Files that take a minute or more, longest first. A file that is not listed, but should be, only makes the run longer. */
const longFiles = [
  "test/EndToEnd/Recovery.test.ts",
  "test/Cli/CommandLine.test.ts",
  "test/Cli/WithoutServer.test.ts",
  "test/faults/faults.test.ts",
  "test/Page/Lists.test.ts",
  "test/Page/Look.test.ts",
  "test/EndToEnd/Tracing.test.ts",
  "test/EndToEnd/ManyWorkers.test.ts",
  "test/Cli/LocalFiles.test.ts",
  "test/security/EventLoop.test.ts",
  "test/EndToEnd/Start.test.ts",
  "test/EndToEnd/IdleCost.test.ts",
  "test/EndToEnd/Readme.test.ts",
  "test/EndToEnd/KilledRun.test.ts",
]

const place = ({ moduleId, project }: TestSpecification): number => {
  const found = longFiles.indexOf(relative(project.config.root, moduleId).replaceAll("\\", "/"))
  return found === -1 ? longFiles.length : found
}

const bySize = BaseSequencer.prototype.sort

/**
 * Starts long files before short ones, so that no worker runs one alone at the end. Without this, vitest starts large files
 * first, unless an earlier run has left durations, and a long file can have few lines.
 */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const sorted = await bySize.call(this, files)
    return sorted.toSorted((a, b) => place(a) - place(b))
  }
}

/**
 * Makes the package from the built page and programs: `npm run package` also builds them and packs it. It has a manifest of its own,
 * because all packages but the installed ones are in the bundles.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { bundlesFolder, installedPackages } from "./programs.ts"

const root = join(import.meta.dirname, "../..")

/**
 * @param built the folder that has the bundles below it
 * @param folder the new package
 */
export const makePackage = async (built: string, folder: string): Promise<void> => {
  const {
    bin,
    dependencies,
    description,
    engines,
    license,
    name,
    private: isPrivate,
    type,
    version,
  } = manifest
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const path of ["bin", "LICENSE", "README.md", "dist/page"])
    await cp(join(root, path), join(folder, path), { recursive: true })
  await cp(join(built, bundlesFolder), join(folder, bundlesFolder), { recursive: true })
  const installed = Object.fromEntries(installedPackages.map((each) => [each, dependencies[each]]))
  const own = {
    name,
    version,
    private: isPrivate,
    description,
    license,
    type,
    bin,
    engines,
    dependencies: installed,
  }
  await writeFile(join(folder, "package.json"), `${JSON.stringify(own, null, 2)}\n`)
}

if (import.meta.main) await makePackage(root, join(root, "dist/package"))

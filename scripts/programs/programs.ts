/** The programs of Sluice by name, with the sources that they are bundled from. */
export const programs = {
  api: "src/Api/main.ts",
  worker: "src/Worker/main.ts",
  all: "src/main.ts",
  sluice: "src/Cli/main.ts",
  "db-roles": "scripts/dbRoles.ts",
  "db-migrate": "scripts/dbMigrate.ts",
} as const

export type Program = keyof typeof programs

/** Where bundles are, below the folder of an image, a package or a clone. */
export const bundlesFolder = "dist/programs"

/** The bundle of a program, below the same folder. */
export const bundleOf = (program: Program): string => `${bundlesFolder}/${program}.mjs`

/** Packages that bundles read files of, so that they must be installed beside them. */
export const installedPackages = ["swagger-ui-dist"] as const

// Takes away compiled files whose source is gone, so that a test or a module that was renamed does not live on in dist.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Prunes the output folder of every project that the root tsconfig names. */
export function pruneOutput(root) {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  for (const { path } of references) pruneProject(join(root, path))
}

function pruneProject(project) {
  const { rootDir, outDir } = JSON.parse(readFileSync(join(project, 'tsconfig.json'), 'utf8')).compilerOptions
  const output = join(project, outDir)
  if (!existsSync(output)) {
    // The compiler believes this record of what it wrote, and would write nothing.
    rmSync(join(project, 'tsconfig.tsbuildinfo'), { force: true })
    return
  }
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    const stem = relative(output, file).match(/^(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/)?.[1]
    if (entry.isFile() && stem !== undefined && !existsSync(join(project, rootDir, `${stem}.ts`))) rmSync(file)
  }
}

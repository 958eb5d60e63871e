import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from '../child.js'
import { UsageError } from '../command-line.js'
import { paths } from '../paths.js'
import type { Progress } from '../progress.js'

/** Another revision of this project, built in a folder of its own. */
export interface Checkout {
  readonly root: string
  /** The revision, short. */
  readonly revision: string
}

function git(...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { cwd: paths.root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

/** Links what is installed here into another checkout, whose own packages stay its own. */
function linkModules(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    // The links of a workspace are relative: the same link leads to the other checkout's package.
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (entry.name.startsWith('@')) linkModules(source, target)
    else symlinkSync(source, target)
  }
}

/** The folders that may have modules of their own beside those of the root. */
function workspaces(): readonly string[] {
  return ['test', ...readdirSync(join(paths.root, 'packages')).map((name) => join('packages', name))]
}

function linkInstalled(root: string): void {
  linkModules(join(paths.root, 'node_modules'), join(root, 'node_modules'))
  for (const folder of workspaces()) {
    const own = join(paths.root, folder, 'node_modules')
    if (existsSync(own) && existsSync(join(root, folder))) linkModules(own, join(root, folder, 'node_modules'))
  }
}

/** Makes the folder vanish when this process ends, however it does. */
function removeAtExit(folder: string, root: string): void {
  process.on('exit', () => {
    git('worktree', 'remove', '--force', root)
    rmSync(folder, { recursive: true, force: true })
    git('worktree', 'prune')
  })
}

/**
 * Checks a revision out into a temporary folder and builds it, with the dependencies that are installed here, so that no network
 * is needed. The folder is removed when this process ends.
 */
export async function checkOut(name: string, progress: Progress): Promise<Checkout> {
  const revision = git('rev-parse', '--verify', '--short', `${name}^{commit}`)
  if (revision === null) throw new UsageError(`"${name}" is no revision of this repository`)
  const folder = mkdtempSync(join(tmpdir(), 'shiny-bench-'))
  const root = join(folder, 'shiny')
  removeAtExit(folder, root)
  progress.begin(`${name} (${revision})`)
  progress.step('checking out')
  if (git('worktree', 'add', '--detach', root, revision) === null) throw new Error(`${revision} cannot be checked out`)
  const lock = 'package-lock.json'
  if (readFileSync(join(root, lock), 'utf8') !== readFileSync(join(paths.root, lock), 'utf8')) {
    progress.note('it names other dependencies; those installed here are used for both')
  }
  linkInstalled(root)
  progress.step('building')
  const build = await Child.start([process.execPath, join(root, 'scripts', 'build.js'), '--require'], {}, root)
  await build.output()
  progress.clear()
  return { root, revision }
}

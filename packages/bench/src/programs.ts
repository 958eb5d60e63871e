import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { paths } from './paths.js'

/** The full path of an installed program, or null. */
export function findProgram(name: string): string | null {
  const path = (process.env.PATH ?? '').split(delimiter)
  // Debian keeps servers such as haproxy where only the administrator looks.
  const folders = [join(paths.root, 'node_modules', '.bin'), ...path, '/usr/sbin', '/usr/local/sbin']
  for (const folder of folders) {
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not in this folder.
    }
  }
  return null
}

/** Our own C programs, compiled on first use. */
export const cPrograms = {
  floor: join(paths.build, 'echo-floor'),
  respFloor: join(paths.build, 'resp-floor'),
  load: join(paths.build, 'load'),
  openLoad: join(paths.build, 'open-load'),
  fill: join(paths.build, 'fill'),
  hold: join(paths.build, 'hold'),
  churn: join(paths.build, 'churn')
} as const

/** Compiles those of our C programs that are older than any of their sources. */
export function compilePrograms(): void {
  const newest = Math.max(...readdirSync(paths.native).map((file) => statSync(join(paths.native, file)).mtimeMs))
  const compiler = process.env.CC ?? 'cc'
  mkdirSync(paths.build, { recursive: true })
  for (const [name, binary] of Object.entries(cPrograms)) {
    if (existsSync(binary) && statSync(binary).mtimeMs > newest) continue
    const source = join(paths.native, `${binary.slice(paths.build.length + 1)}.c`)
    const made = spawnSync(compiler, ['-std=c11', '-O2', '-Wall', '-o', binary, source, '-lm'], { encoding: 'utf8' })
    if (made.error) throw new Error(`a C compiler is needed: "${compiler}" does not start; set CC to name another`)
    if (made.status !== 0) throw new Error(`the C program "${name}" does not compile:\n${made.stderr}`)
  }
}

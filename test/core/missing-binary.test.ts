// Goal: where the binary is missing or is none, the portable reactor serves, after one line.
// Method: a program beside copies of the packages that have no binary, or a broken one.

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

const program = `
import { Server, Connection } from '@shiny/core'
import { line } from '@shiny/codecs'
class Echo extends Connection { onMessage(text) { this.send(text) } }
const reactor = process.argv[2]
try {
  const server = new Server({ codec: line(), connection: Echo, reactor })
  new Server({ codec: line(), connection: Echo, reactor })
  console.log(server.reactor.kind)
} catch (error) {
  console.log(error.code)
}
`

/** A folder with the packages but without a binary; `broken` puts something else in its place. */
function installation(t: Test, broken: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiny-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@shiny'), { recursive: true })
  for (const name of ['core', 'codecs', 'native']) {
    for (const part of ['dist', 'package.json']) {
      cpSync(join(root, 'packages', name, part), join(modules, '@shiny', name, part), { recursive: true })
    }
    const own = join(root, 'packages', name, 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(modules, '@shiny', name, 'node_modules'))
  }
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@shiny' && !name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  if (broken) {
    const build = join(modules, '@shiny', 'native', 'build', 'Release')
    mkdirSync(build, { recursive: true })
    writeFileSync(join(build, 'shiny.node'), 'not a binary')
  }
  writeFileSync(join(folder, 'program.mjs'), program)
  return folder
}

function run(folder: string, reactor: string): Promise<{ output: string; errors: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', SHINY_REACTOR: '' }
  return new Promise((resolve) => {
    execFile(process.execPath, ['program.mjs', reactor], { cwd: folder, env }, (_error, stdout, stderr) => {
      resolve({ output: stdout.trim(), errors: stderr })
    })
  })
}

for (const [what, broken] of [
  ['no binary', false],
  ['something else in place of the binary', true]
] as const) {
  t.test(`${what}: the portable reactor serves, and one warning says why`, async (t) => {
    const { output, errors } = await run(installation(t, broken), 'auto')
    t.equal(output, 'portable')
    const warnings = errors.split('\n').filter((text) => text.includes('ShinyWarning'))
    t.equal(warnings.length, 1)
    t.match(warnings[0], /ERR_REACTOR_UNAVAILABLE.*the native one cannot run here/)
  })

  t.test(`${what}: native was asked for, and is refused`, async (t) => {
    const { output, errors } = await run(installation(t, broken), 'native')
    t.equal(errors, '')
    t.equal(output, 'ERR_REACTOR_UNAVAILABLE')
  })
}

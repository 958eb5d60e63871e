// What this machine can build with. Each answer is found once and is either what was asked for or null.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Whether the sources have a backend for this system: epoll.cc or kqueue.cc. */
export const supportedPlatform = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd'].includes(process.platform)

const PROBE = '#include <bit>\n#include <concepts>\n#include <span>\nint main() { return std::popcount(0u); }\n'

/** Runs a program and gives its result, with `status` null when there is no such program. */
export function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options })
}

/** The first C++ compiler that understands C++20. `CXX` comes first, then the usual names. */
export function findCompiler() {
  const names = [process.env.CXX, 'g++', 'clang++', 'c++'].filter(Boolean)
  for (const name of names) {
    const probe = run(name, ['-std=c++20', '-fsyntax-only', '-x', 'c++', '-'], { input: PROBE })
    if (probe.status === 0) return name
  }
  return null
}

/** Whether programs that `compiler` makes with these flags can be linked and run. */
export function canLink(compiler, flags, folder) {
  const program = join(folder, 'probe')
  const linked = run(compiler, ['-std=c++20', ...flags, '-x', 'c++', '-', '-o', program], { input: PROBE })
  return linked.status === 0 && run(program, []).status === 0
}

/** The Python that node-gyp would take. */
export function findPython() {
  const names = [process.env.npm_config_python, process.env.PYTHON, 'python3', 'python'].filter(Boolean)
  const script = 'import sys; sys.exit(sys.version_info < (3, 8))'
  return names.find((name) => run(name, ['-c', script]).status === 0) ?? null
}

/** The make that gyp's files are written for: GNU make, which the BSDs call gmake. */
export function findMake() {
  const names = [process.env.MAKE, 'make', 'gmake'].filter(Boolean)
  return names.find((name) => run(name, ['--version']).stdout?.startsWith('GNU Make')) ?? null
}

/** The prefix that has the headers of the running node, or null: then node-gyp must fetch them. */
export function findHeaders() {
  const prefix = dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? prefix : null
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'

/** The cases are compiled by this test alone, so that one that fails does not keep the others from being built. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = join(root, 'test', 'types', 'cases')
const DIRECTIVE = '// @ts-expect-error: '

const files = readdirSync(folder)
  .filter((name) => name.endsWith('.mts'))
  .map((name) => join(folder, name))
const found = compile()

for (const file of files) {
  t.test(file.slice(root.length), async (t) => {
    const lines = readFileSync(file, 'utf8').split('\n')
    const expected = new Map<number, string>()
    for (const [i, line] of lines.entries()) {
      const text = line.trim()
      if (text.startsWith(DIRECTIVE)) expected.set(i + 1, text.slice(DIRECTIVE.length))
    }
    const errors = found.get(file) ?? new Map<number, string>()
    for (const [line, message] of expected) {
      const error = take(errors, line)
      t.ok(error?.includes(message), `line ${line + 1} is refused: ${message}`, { found: error })
    }
    t.strictSame(
      [...errors].map(([line, message]) => `line ${line + 1}: ${message}`),
      [],
      'and nothing else is'
    )
  })
}

/** Compiles the cases without their directives: what the compiler says of each line, from 0, of each file. */
function compile(): Map<string, Map<number, string>> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const compiler = { ...options, noEmit: true, composite: false, incremental: false, declaration: false }
  const host = ts.createCompilerHost({ ...compiler, declarationMap: false, sourceMap: false })
  const read = host.readFile
  host.readFile = (name) => (files.includes(name) ? read(name)?.replaceAll('@ts-expect-error', 'expected') : read(name))
  const program = ts.createProgram(files, { ...compiler, declarationMap: false, sourceMap: false }, host)
  const found = new Map<string, Map<number, string>>()
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
    const name = file?.fileName ?? 'the options'
    const line = file === undefined ? 0 : ts.getLineAndCharacterOfPosition(file, start ?? 0).line
    const ofFile = found.get(name) ?? new Map<number, string>()
    const message = ts.flattenDiagnosticMessageText(messageText, '\n')
    found.set(name, ofFile.set(line, [ofFile.get(line) ?? [], message].flat().join('\n')))
  }
  return found
}

function take(errors: Map<number, string>, line: number): string | undefined {
  const error = errors.get(line)
  errors.delete(line)
  return error
}

import { posix } from 'node:path'
import ts from 'typescript'
import type { Snippet } from './markdown.js'
import { read, root } from './repository.js'

/** Compiles snippets, each as a module of its own beside the tests, and tells what is wrong with them by document and line. */
export function compile(snippets: readonly Snippet[]): string[] {
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(JSON.parse(read('tsconfig.base.json')), ts.sys, root).options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    composite: false,
    declaration: false,
    declarationMap: false,
    noEmit: true
  }
  const modules = new Map(snippets.map((snippet, index) => [posix.join(root, 'test', `snippet-${index}.ts`), snippet]))
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = (name) => modules.has(name) || fileExists(name)
  host.readFile = (name) => modules.get(name)?.code ?? readFile(name)
  host.getSourceFile = (name, ...rest) => {
    const code = modules.get(name)?.code
    // Even a snippet that imports nothing is a module: its names are its own, and it may await.
    if (code !== undefined) return ts.createSourceFile(name, `${code}\nexport {}`, rest[0], true)
    return getSourceFile(name, ...rest)
  }
  const program = ts.createProgram([...modules.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')
    const snippet = modules.get(diagnostic.file?.fileName ?? '')
    if (snippet === undefined || diagnostic.file === undefined) return `${diagnostic.file?.fileName}: ${text}`
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0)
    return `${snippet.file}:${snippet.line + line}: ${text}`
  })
}

import { posix } from 'node:path'
import ts from 'typescript'
import { read } from './repository.js'

/** One file's use of another. */
export interface Import {
  /** The importing file, from the root. */
  readonly from: string
  /** The imported file from the root, for a relative import; otherwise the specifier as it stands. */
  readonly to: string
  /** Whether only types are imported, so that nothing is loaded. */
  readonly typeOnly: boolean
}

/** What a TypeScript file imports and re-exports, also by `import()`. */
export function importsOf(file: string): Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ from: file, to: target(file, specifier.text), typeOnly })
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly || exportsTypesOnly(node))
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && isLoading(node.expression)) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest))
  return found
}

/** What a C++ file includes: `"…"` as it stands, which is from packages/native/src, and `<…>` with its brackets. */
export function includesOf(file: string): Import[] {
  const lines = read(file).matchAll(/^\s*#\s*include\s+(?:"([^"]+)"|(<[^>]+>))/gm)
  return [...lines].map(([, own, system]) => ({ from: file, to: own ?? (system as string), typeOnly: false }))
}

function target(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

function exportsTypesOnly({ exportClause }: ts.ExportDeclaration): boolean {
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return false
  return exportClause.elements.length > 0 && exportClause.elements.every((element) => element.isTypeOnly)
}

function isLoading(called: ts.Expression): boolean {
  return called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require')
}

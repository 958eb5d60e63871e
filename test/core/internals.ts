/** Loads a module of @shiny/core that is no part of its public face, by its path below `dist`. */
export async function internal<T>(path: string): Promise<T> {
  return (await import(new URL(`dist/${path}`, import.meta.resolve('@shiny/core/package.json')).href)) as T
}

import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a workflow bundle is made of: options of the SDK's `bundleWorkflowCode`. */
export interface BundleParts {
  readonly workflowsPath: string
  readonly workflowInterceptorModules: string[]
  readonly payloadConverterPath: string
  readonly failureConverterPath: string
  readonly preloadModules: string[]
}

/**
 * The parts of the bundle of a tree that holds the rooms `workflows` and `secrets`.
 *
 * All modules are preloaded: every cached workflow uses the same ones, instead of evaluating a copy of its own at its start
 * (docs/performance.md has what that saves). So no module of a workflow may keep anything that changes.
 * @param root the tree's folder
 * @param extension of the workflows' files: `.ts` in the source tree, `.js` in the package
 */
export function bundleParts(root: string, extension: string): BundleParts {
  const workflowsPath = join(root, 'workflows', `index${extension}`)
  const interceptors = join(root, 'workflows', `interceptors${extension}`)
  const promiseCost = join(root, 'workflows', `promise-cost${extension}`)
  const payloadConverterPath = join(root, 'secrets', 'payload-converter.cjs')
  const failureConverterPath = join(root, 'secrets', 'failure-converter.cjs')
  return {
    ...{ workflowsPath, payloadConverterPath, failureConverterPath },
    workflowInterceptorModules: [interceptors],
    preloadModules: [promiseCost, workflowsPath, interceptors, payloadConverterPath, failureConverterPath],
  }
}

/** Of the tree that this file is in. */
export const OWN_BUNDLE_PARTS = bundleParts(
  fileURLToPath(new URL('..', import.meta.url)),
  extname(fileURLToPath(import.meta.url)),
)

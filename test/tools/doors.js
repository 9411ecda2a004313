// @ts-check
import { dirname, relative, resolve, sep } from 'node:path'

/**
 * The house's doors: which room may import what. A lint rule reads this table, and a test proves each line of it.
 *
 * @typedef {object} Door
 * @property {readonly string[]} rooms Rooms (`values`) or single files (`workflows/messages`) that may be imported.
 * @property {readonly string[]} [types] The same, by `import type` only.
 * @property {'any' | readonly string[]} packages Packages that may be imported; Node's builtins count as `node:*`.
 * @property {readonly string[]} [refused] Packages that may not, where any other may.
 */

/** What activities need of the contract at run time: words and numbers, no behaviour. */
const CONTRACT_CONSTANTS = ['workflows/policy', 'workflows/states', 'workflows/calls', 'workflows/codes']
const PRODUCT = ['values', 'workflows', 'activities', 'secrets', 'worker', 'client', 'sandbox']

/** @type {Readonly<Record<string, Door>>} */
export const DOORS = {
  values: { rooms: [], packages: [] },
  workflows: { rooms: ['values'], packages: ['@temporalio/workflow', '@temporalio/common'] },
  secrets: { rooms: ['values'], packages: 'any' },
  activities: { rooms: ['values', 'secrets', ...CONTRACT_CONSTANTS], types: ['workflows'], packages: 'any' },
  client: {
    rooms: ['workflows/messages', 'values', 'secrets', 'activities/eko/signature'],
    packages: 'any',
    // The native bridge (80 MB) must not come with the client.
    refused: ['@temporalio/worker', '@temporalio/activity', '@temporalio/core-bridge', '@temporalio/workflow'],
  },
  worker: { rooms: ['workflows/messages', 'activities', 'secrets', 'values'], packages: 'any' },
  sandbox: { rooms: [], packages: 'any', refused: ['@temporalio/*'] },
  stack: { rooms: PRODUCT, packages: 'any' },
  bench: { rooms: [...PRODUCT, 'stack'], packages: 'any' },
  test: { rooms: [...PRODUCT, 'stack', 'bench'], packages: 'any' },
}

/**
 * Why an import is refused, or null where it is allowed.
 *
 * @param {string} root the repository's folder
 * @param {string} file the importing file
 * @param {string} specifier what is imported
 * @param {boolean} typeOnly whether nothing of it is there at run time
 * @returns {string | null}
 */
export function refusedImport(root, file, specifier, typeOnly) {
  const [room = ''] = relative(root, file).split(sep)
  const door = DOORS[room]
  if (!door) return null
  if (!specifier.startsWith('.')) return refusedPackage(door, room, specifier)
  const target = relative(root, resolve(dirname(file), specifier))
    .split(sep)
    .join('/')
    .replace(/\.[cm]?[jt]s$/, '')
  const [targetRoom = ''] = target.split('/')
  if (targetRoom === room) return null
  const allowed = typeOnly ? [...door.rooms, ...(door.types ?? [])] : door.rooms
  if (allowed.some((entry) => target === entry || target.startsWith(`${entry}/`))) return null
  const how = door.types?.some((entry) => target.startsWith(`${entry}/`)) ? ', but by `import type`' : ''
  return `${room} may not import ${target}${how}.`
}

/**
 * @param {Door} door
 * @param {string} room
 * @param {string} specifier
 */
function refusedPackage({ packages, refused = [] }, room, specifier) {
  const [scope = '', name] = specifier.split('/')
  const named = specifier.startsWith('@') ? `${scope}/${name ?? ''}` : scope
  const among = (/** @type {readonly string[]} */ list) =>
    list.some((entry) => entry === named || (entry.endsWith('/*') && named.startsWith(entry.slice(0, -1))))
  const allowed = packages === 'any' ? !among(refused) : among(packages)
  return allowed ? null : `${room} may not import the package ${named}.`
}

/** @typedef {import('estree').Node & { source: import('estree').Literal }} ImportTypeNode */

/** @type {import('eslint').Rule.RuleModule} */
export const doorsRule = {
  meta: {
    type: 'problem',
    docs: { description: 'imports go through the doors of the house only' },
    schema: [],
    messages: { refused: '{{reason}} The doors are in test/tools/doors.js.' },
  },
  create(context) {
    /**
     * @param {import('estree').Node} node
     * @param {unknown} specifier
     * @param {boolean} typeOnly
     */
    const check = (node, specifier, typeOnly) => {
      if (typeof specifier !== 'string') return
      const reason = refusedImport(context.cwd, context.filename, specifier, typeOnly)
      if (reason) context.report({ node, messageId: 'refused', data: { reason } })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source.value, kindOf(node, 'importKind')),
      ExportNamedDeclaration: (node) => check(node, node.source?.value, kindOf(node, 'exportKind')),
      ExportAllDeclaration: (node) => check(node, node.source.value, kindOf(node, 'exportKind')),
      ImportExpression: (node) => check(node, literalOf(node.source), false),
      // `import('x')` as a type, and `require('x')` in CommonJS.
      TSImportType: (/** @type {ImportTypeNode} */ node) => check(node, node.source.value, true),
      'CallExpression[callee.name="require"]': (/** @type {import('estree').CallExpression} */ node) =>
        check(node, literalOf(node.arguments[0]), false),
    }
  },
}

/**
 * @param {object} node
 * @param {'importKind' | 'exportKind'} field
 */
function kindOf(node, field) {
  return /** @type {Record<string, unknown>} */ (node)[field] === 'type'
}

/** @param {import('estree').Node | undefined} node */
function literalOf(node) {
  return node?.type === 'Literal' ? node.value : undefined
}

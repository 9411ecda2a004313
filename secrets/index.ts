export * from './sealing.js'
export * from './keys.js'
export * from './journey-id.js'
export * from './data-converter.js'

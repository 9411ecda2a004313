'use strict'
/**
 * The failure converter of clients, workers and the workflow bundle: messages and stack traces of failures become a
 * payload, which the codec encrypts. A failure's `type` stays in the clear: it is a code of ours and decisions rest on it.
 * CommonJS, so that Node, jest and the workflow bundle all load this one file.
 */
const { DefaultFailureConverter } = require('@temporalio/common')

const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })

module.exports = { failureConverter }

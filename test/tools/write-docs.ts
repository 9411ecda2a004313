import { writeFile } from 'node:fs/promises'
import { GENERATED_DOCUMENTS, readDocument, regenerate } from './generated-docs.js'

/** `npm run docs`: writes the generated parts of the documents. */
for (const path of GENERATED_DOCUMENTS) {
  await writeFile(new URL(`../../${path}`, import.meta.url), regenerate(await readDocument(path)))
  console.log(`${path} is up to date`)
}

import { readFileSync } from 'node:fs'

const { isGenuine } = await import(process.argv[2])
const cases = JSON.parse(readFileSync(0, 'utf8'))
const verdicts = cases.map(({ body, signature, secret }) => isGenuine(Buffer.from(body), signature, secret))
process.stdout.write(JSON.stringify(verdicts))

// A sign-in provider for the stories about OpenID Connect: panva's certified oidc-provider with
// people whom the test makes. Its own sign-in form is not under test: the interaction signs in whoever
// the request's header `x-person` names, and consents.
//
//   node provider.mjs REDIRECT_URI        prints its address, ends with its standard input
//   PUT /test/people/SUB {claims}         makes or changes somebody
//   PUT /test/lies {claims, header, stranger}   what its tokens say from now on, and whose key signs them
import { createServer } from 'node:http'
import { generateKeyPairSync, sign } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(`${process.env.TEST_OIDC ?? process.cwd()}/x.js`)
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')))

const [own, stranger] = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
const key = own.export({ format: 'jwk' })
const people = new Map()
let lies = null
const server = createServer()
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const issuer = `http://127.0.0.1:${server.address().port}`

const provider = new Provider(issuer, {
  clients: [{ client_id: 'otklik', client_secret: 'a secret of the client', redirect_uris: [process.argv[2]] }],
  jwks: { keys: [{ ...key, kid: 'one', use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['a key of the stories'] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  scopes: ['openid', 'profile', 'groups'],
  pkce: { required: () => true },
  ttl: { AuthorizationCode: 60, IdToken: 120, AccessToken: 120, Interaction: 300, Session: 300, Grant: 300 },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => people.has(sub) && { accountId: sub, claims: () => ({ sub, ...people.get(sub) }) },
})
const answer = provider.callback()

async function interact(request, response) {
  const { params, session } = await provider.interactionDetails(request, response)
  const accountId = request.headers['x-person'] ?? session?.accountId
  const grant = new provider.Grant({ accountId, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  const result = { login: { accountId }, consent: { grantId: await grant.save() } }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

async function put(request, response) {
  const parts = []
  for await (const part of request) parts.push(part)
  const told = JSON.parse(Buffer.concat(parts))
  if (request.url === '/test/lies') lies = told
  else people.set(request.url.split('/').pop(), told)
  response.end()
}

// Signs an ID token anew, with other claims, another header or another key.
function forge(token) {
  const read = (part) => JSON.parse(Buffer.from(part, 'base64url'))
  const write = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const [header, claims] = token.split('.')
  const head = { ...read(header), ...lies.header }
  const signed = `${write(head)}.${write({ ...read(claims), ...lies.claims })}`
  if (head.alg === 'none') return `${signed}.`
  return `${signed}.${sign('sha256', signed, lies.stranger ? stranger : own).toString('base64url')}`
}

function lie(response) {
  const end = response.end.bind(response)
  response.end = (body) => {
    const told = JSON.parse(body)
    if (told.id_token) told.id_token = forge(told.id_token)
    const text = JSON.stringify(told)
    response.setHeader('content-length', Buffer.byteLength(text))
    return end(text)
  }
}

server.on('request', (request, response) => {
  if (request.url.startsWith('/interaction/')) return interact(request, response)
  if (request.method === 'PUT' && request.url.startsWith('/test/')) return put(request, response)
  if (request.url === '/token' && lies) lie(response)
  return answer(request, response)
})
console.log(issuer)
process.stdin.resume().on('end', () => process.exit())

// npm @sendgrid/client 8: a parent's subusers, their credits and keys. node sendgrid_v3_subusers.js URL KEY
// It prints what sendgrid_v3_subusers.py prints.
const { Client } = require('@sendgrid/client')
const [url, key] = process.argv.slice(2)
const told = {}

const clientOf = (key, subuser) => {
  const client = new Client()
  client.setApiKey(key)
  client.setDefaultRequest('baseUrl', url) // setApiKey sets it, too
  if (subuser) client.setImpersonateSubuser(subuser)
  return client
}

// Keeps the status and the document of an answer, also of one that the client rejects.
const tell = async (name, client, method, path, given) => {
  const sent = method === 'GET' ? { qs: given } : { body: given }
  const [code, body] = await client.request({ method, url: `/v3/${path}`, ...sent }).then(
    ([answer]) => [answer.statusCode, answer.body],
    error => [error.code, error.response.body]
  )
  told[name] = [code, body === '' ? null : body]
  return body
}

async function main () {
  const client = clientOf(key)
  const [{ ip }] = (await client.request({ method: 'GET', url: '/v3/ips', qs: { limit: 1 } }))[0].body
  const add = username => ['POST', 'subusers', { username, email: 'ada@example.com', password: 'analytical-engine-1', ips: [ip] }]
  await tell('create', client, ...add('ada'))
  await tell('taken', client, ...add('ada'))
  for (const name of ['bob', 'carol']) await tell(`create ${name}`, client, ...add(name))
  for (const offset of [0, 2]) await tell(`page ${offset}`, client, 'GET', 'subusers', { limit: 2, offset })
  await tell('by name', client, 'GET', 'subusers', { username: 'bob', limit: 1 })
  await tell('by no name', client, 'GET', 'subusers', { username: 'nobody', limit: 1 })
  await tell('disable', client, 'PATCH', 'subusers/ada', { disabled: true })
  await tell('as it is', client, 'GET', 'subusers/ada')
  await tell('enable', client, 'PATCH', 'subusers/ada', { disabled: false })
  await tell('no change', client, 'PATCH', 'subusers/ada', {})
  await tell('website', client, 'PATCH', 'subusers/ada/website_access', { disabled: true })
  await tell('credits', client, 'PUT', 'subusers/ada/credits', { type: 'nonrecurring', total: 10 })
  await tell('more credits', client, 'PATCH', 'subusers/ada/credits/remaining', { allocation_update: -3 })
  await tell('credits left', client, 'GET', 'subusers/ada/credits')
  await tell('wrong credits', client, 'PUT', 'subusers/ada/credits', { type: 'total', total: 1 })
  await tell('addresses', client, 'PUT', 'subusers/ada/ips', [ip])
  await tell('reputations', client, 'GET', 'subusers/reputations', { usernames: 'ada' })
  const days = { start_date: '2015-10-02', end_date: '2015-10-02' }
  const [{ stats }] = await tell('stats', client, 'GET', 'subusers/stats', { ...days, subusers: 'ada' })
  told.stats = [stats.length, null]

  const own = clientOf(key, 'ada')
  await tell('profile', own, 'PATCH', 'user/profile', { first_name: 'Ada', city: 'London' })
  await tell('own credits', own, 'GET', 'user/credits')
  const made = await tell('key', own, 'POST', 'api_keys', { name: 'Reader', scopes: ['user.profile.read'] })
  await tell('keys', own, 'GET', 'api_keys')
  const reader = clientOf(made.api_key)
  await tell('profile by key', reader, 'GET', 'user/profile')
  await tell('out of scope', reader, 'PATCH', 'user/profile', { city: 'Paris' })
  await tell('scopes', reader, 'GET', 'scopes')
  await tell("parent's", reader, 'GET', 'subusers')
  const one = `api_keys/${made.api_key_id}`
  await tell('one key', own, 'GET', one)
  await tell('rename', own, 'PATCH', one, { name: 'Looker' })
  await tell('change', own, 'PUT', one, { name: 'Writer', scopes: ['user.profile.update', 'user.profile.read'] })
  await tell('in scope', reader, 'PATCH', 'user/profile', { city: 'Paris' })
  await tell('revoke', own, 'DELETE', one)
  await tell('revoked', reader, 'GET', 'user/profile')

  await tell('delete', client, 'DELETE', 'subusers/ada')
  await tell('deleted', client, 'DELETE', 'subusers/ada')
  await tell('on behalf of nobody', own, 'GET', 'user/profile')
  console.log(JSON.stringify(told))
}
main()

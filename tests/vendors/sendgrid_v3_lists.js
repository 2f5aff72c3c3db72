// npm @sendgrid/client 8: lists of suppressed addresses, and batches of mail. node sendgrid_v3_lists.js URL KEY SUBUSER
// It prints what sendgrid_v3_lists.py prints.
const { Client } = require('@sendgrid/client')
const [url, key, subuser] = process.argv.slice(2)
const told = {}

const clientOf = subuser => {
  const client = new Client()
  client.setApiKey(key)
  client.setDefaultRequest('baseUrl', url)
  if (subuser) client.setImpersonateSubuser(subuser)
  return client
}

// Keeps the status of an answer, and its addresses or else its document, also of one that the client rejects.
const tell = async (name, client, method, path, given) => {
  const sent = method === 'GET' ? { qs: given } : { body: given }
  const [code, body] = await client.request({ method, url: `/v3/${path}`, ...sent }).then(
    ([answer]) => [answer.statusCode, answer.body],
    error => [error.code, error.response.body]
  )
  const listed = Array.isArray(body) ? body.map(each => each.email) : body
  told[name] = [code, listed === '' ? null : listed]
  return body
}

async function main () {
  const client = clientOf()
  const own = clientOf(subuser)
  for (const family of ['bounces', 'blocks', 'invalid_emails', 'spam_reports']) {
    const list = `suppression/${family}`
    await tell(`${family}: list`, client, 'GET', list, { start_time: 1, end_time: 2000000000 })
    await tell(`${family}: page`, client, 'GET', list, { limit: 2, offset: 1 })
    await tell(`${family}: by email`, client, 'GET', list, { email: 'r2@example.com' })
    await tell(`${family}: find`, client, 'GET', `${list}/r0@example.com`)
    await tell(`${family}: delete one`, client, 'DELETE', `${list}/r0@example.com`)
    await tell(`${family}: find none`, client, 'GET', `${list}/r0@example.com`)
    await tell(`${family}: delete none`, client, 'DELETE', `${list}/r0@example.com`)
    await tell(`${family}: delete some`, client, 'DELETE', list, { emails: ['r1@example.com', 'r2@example.com'] })
    await tell(`${family}: left`, client, 'GET', list)
    await tell(`${family}: delete all`, client, 'DELETE', list, { delete_all: true })
    await tell(`${family}: none left`, client, 'GET', list)
    await tell(`${family}: of a subuser`, own, 'GET', list)
  }

  const unsubscribed = 'asm/suppressions/global'
  await tell('add', client, 'POST', unsubscribed, { recipient_emails: ['ada+x@example.com', 'bob@example.com'] })
  await tell('look', client, 'GET', `${unsubscribed}/ada+x@example.com`)
  await tell('look at none', client, 'GET', `${unsubscribed}/carol@example.com`)
  await tell('list', client, 'GET', 'suppression/unsubscribes', { limit: 10, offset: 0 })
  await tell('of a subuser', own, 'GET', 'suppression/unsubscribes')
  await tell('delete', client, 'DELETE', `${unsubscribed}/ada+x@example.com`)
  await tell('left', client, 'GET', 'suppression/unsubscribes')

  const { batch_id: batch } = await tell('batch', client, 'POST', 'mail/batch')
  await tell('batch that is', client, 'GET', `mail/batch/${batch}`)
  await tell('batch that is not', client, 'GET', 'mail/batch/nothing')
  console.log(JSON.stringify(told).replaceAll(batch, 'BATCH'))
}
main()

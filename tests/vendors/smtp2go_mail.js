// npm smtp2go-nodejs: a mail with files, an SMTP user, and what their answers are taken for.
const { default: SMTP2GOApi, Service } = require('smtp2go-nodejs')

const [key, file] = process.argv.slice(2)
const api = SMTP2GOApi(key)

async function main () {
  const mail = api.mail()
    .to([{ email: 'ada@example.com', name: 'Lovelace, Ada' }, { email: 'bob@example.com' }])
    .cc({ email: 'carol@example.com' })
    .from({ email: 'babbage@example.com', name: 'Babbage' })
    .subject('The Analytical Engine')
    .html('<p>It has <img src="cid:no-pretensions"/> whatever.</p>')
    .headers({ header: 'X-Campaign', value: 'spring' })
    .attach(file)
    .inline('no-pretensions', file)
  const sent = await api.client().consume(mail)
  const user = new Service('users/smtp/add', new Map([['username', 'reports@example.com'], ['open_tracking_enabled', true]]))
  const added = await api.client().consume(user)
  const patch = new Service('users/smtp/edit', new Map([['username', 'reports@example.com'], ['status', 'sandbox']]), 'PATCH')
  const patched = await api.client().consume(patch)
  const wrong = await api.client().consume(new Service('users/smtp/remove', new Map([['username', 'nobody']])))
  console.log(JSON.stringify({ sent: sent.data, added: added.data, patched: patched.data, status: wrong.status, wrong: wrong.data.data }))
}

main()

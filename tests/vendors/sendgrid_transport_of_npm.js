// npm nodemailer-sendgrid-transport: mails as its README sends them, and what their answers are taken for.
// node sendgrid_transport_of_npm.js NAME PASSWORD KEY FILE
const nodemailer = require('nodemailer')
const transport = require('nodemailer-sendgrid-transport')
const [name, password, key, file] = process.argv.slice(2)
const said = []
const mailer = auth => nodemailer.createTransport(transport({ auth }))
const send = (sender, mail) => new Promise(resolve => sender.sendMail(mail, (error, json) => {
  said.push(error ? error.message : json.message)
  resolve()
}))
// A mail of its own each time: the transport writes into what it is given.
const short = () => ({ to: '"Lovelace, Ada" <ada@example.com>', from: 'babbage@example.com', subject: 'Short', text: 'One line.' })

async function main () {
  const client = mailer({ api_user: name, api_key: password })
  await send(client, {
    to: ['Ada Lovelace <ada@example.com>', 'Bób Ünal <bob@example.com>', 'carol@example.com'],
    cc: 'Dora <dora@example.com>, emil@example.com',
    bcc: ['fay@example.com', 'gus@example.com'],
    from: 'Charles Babbage <babbage@example.com>',
    replyTo: 'The Desk <replies@example.com>',
    subject: 'Grüße an die Rechenmaschine ✓',
    text: 'Zahnräder ✓\n歯車',
    html: '<p>Zahnräder ✓ <img src="cid:wheel"></p>',
    headers: { 'X-Campaign': 'spring' },
    attachments: [
      { path: file },
      { filename: 'Maße ✓.txt', content: 'Länge: 3 Ellen' },
      { filename: 'wheel.png', cid: 'wheel', content: Buffer.from('\x89PNG wheel', 'latin1') },
      { content: Buffer.from([1, 2, 3]) }
    ]
  })
  await send(client, short())
  await send(mailer({ api_key: key }), { ...short(), subject: 'By key' })
  await send(mailer({ api_user: name, api_key: 'wrong' }), short())
  await send(client, { ...short(), subject: '' })
  console.log(JSON.stringify(said))
}

main()

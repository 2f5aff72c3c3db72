// npm sendgrid 0.4 to 2.0: mails as its READMEs send them, and what their answers are taken for.
// node sendgrid_of_npm.js VERSION NAME PASSWORD KEY FILE
const [version, name, password, key, file] = process.argv.slice(2)
const client = require('sendgrid')(name, password)
const said = []
const send = (sender, mail) => new Promise(resolve => sender.send(mail, (error, json) => {
  said.push(error ? error.message : json.message)
  resolve()
}))

// All parameters at once, lists of each.
const whole = {
  to: ['ada@example.com', 'bob@example.com', 'carol@example.com'],
  toname: ['Ada Lovelace', 'Bób Ünal', 'Carol'],
  cc: ['dora@example.com', 'emil@example.com'],
  bcc: ['fay@example.com', 'gus@example.com'],
  from: 'babbage@example.com',
  fromname: 'Charles Babbage',
  replyto: 'replies@example.com',
  subject: 'Grüße an die Rechenmaschine ✓',
  text: 'Zahnräder ✓\n歯車',
  html: '<p>Zahnräder ✓ <img src="cid:wheel"></p>',
  headers: { 'X-Campaign': 'spring' },
  files: [
    { path: file },
    { filename: 'Maße ✓.txt', content: Buffer.from('Länge: 3 Ellen') },
    { filename: 'wheel.png', cid: 'wheel', content: Buffer.from('\x89PNG wheel', 'latin1') }
  ]
}

// X-SMTPAPI: a mail of their own for each; the names of the methods changed with 1.0 and 2.0.
function personal () {
  const email = new client.Email({ from: 'babbage@example.com', subject: 'Dear -name-', text: '-name-: -greeting- ✓' })
  const add = version.startsWith('2') ? 'addSmtpapiTo' : 'addTo'
  email[add]('Ada <ada@example.com>')
  email[add]('bob@example.com')
  if (version.startsWith('0')) {
    email.addSubVal('-name-', ['Ada', 'Bób'])
    email.addSubVal('-greeting-', ['-formal-', '-warm-'])
    email.setSection({ '-formal-': 'Good day', '-warm-': 'Grüß dich' })
    email.setCategory('engines')
    email.addCategory('Zahnräder')
    email.setUniqueArgs({ order: '42' })
    email.addFilterSetting('footer', 'enable', 1)
    email.addFilterSetting('footer', 'text/plain', 'The Works')
    return email
  }
  email.addSubstitution('-name-', ['Ada', 'Bób'])
  email.addSubstitution('-greeting-', ['-formal-', '-warm-'])
  email.setSections({ '-formal-': 'Good day', '-warm-': 'Grüß dich' })
  email.addCategory('engines')
  email.addCategory('Zahnräder')
  email.addUniqueArg('order', '42')
  email.addFilter('footer', 'enable', 1)
  email.addFilter('footer', 'text/plain', 'The Works')
  return email
}

// With 2.0 the methods fill the lists that all recipients see.
function visible () {
  const email = new client.Email({ from: 'babbage@example.com', subject: 'Visible', text: 'To all.' })
  email.addTo('ada@example.com')
  email.addTo('bob@example.com')
  email.addCc('dora@example.com')
  email.addCc('emil@example.com')
  email.setBccs(['gus@example.com', 'hal@example.com'])
  email.addHeader('X-Campaign', 'spring')
  return email
}

const short = { to: 'ada@example.com', toname: 'Lovelace, Ada', from: 'babbage@example.com', subject: 'Short', text: 'One line.' }

async function main () {
  await send(client, whole)
  await send(client, short)
  await send(client, personal())
  if (!version.startsWith('0')) await send(require('sendgrid')(key), { ...short, subject: 'By key' })
  if (version.startsWith('2')) await send(client, visible())
  await send(require('sendgrid')(name, 'wrong'), short)
  await send(client, { ...short, subject: '' })
  console.log(JSON.stringify(said))
}

main()

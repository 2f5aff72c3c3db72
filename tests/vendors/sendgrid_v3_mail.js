// npm @sendgrid/mail 8: mails as its README sends them. node sendgrid_v3_mail.js URL KEY
const [url, key] = process.argv.slice(2)
const mail = require('@sendgrid/mail')
mail.setApiKey(key)
mail.client.setDefaultRequest('baseUrl', url)
const told = {}
const send = async (...given) => {
  const [answer] = await mail.send(...given)
  return [answer.statusCode, answer.headers['x-message-id'] ? answer.headers['x-message-id'].length : 0]
}

async function main () {
  told.whole = await send({
    to: ['Ada Lovelace <ada@example.com>', { email: 'bob@example.com', name: 'Bób' }],
    cc: 'carol@example.com',
    bcc: 'dora@example.com',
    from: { email: 'babbage@example.com', name: 'Charles Babbage' },
    replyToList: [{ email: 'replies@example.com', name: 'The Desk' }, { email: 'second@example.com' }],
    subject: 'Grüße ✓',
    text: 'Zahnräder ✓',
    html: '<p>Zahnräder ✓ <img src="cid:wheel"></p>',
    headers: { 'X-Campaign': 'spring' },
    categories: ['engines'],
    customArgs: { order: '42' },
    sendAt: 1,
    attachments: [
      { content: Buffer.from('\x89PNG wheel', 'latin1').toString('base64'), filename: 'wheel.png', type: 'image/png', disposition: 'inline', contentId: 'wheel' },
      { content: 'TGFlbmdl', filename: 'Maße ✓.txt' }
    ],
    asm: { groupId: 7, groupsToDisplay: [7, 8] },
    mailSettings: { footer: { enable: true, text: 'The Works', html: '<p>The Works</p>' }, sandboxMode: { enable: false } },
    trackingSettings: { clickTracking: { enable: true, enableText: false }, openTracking: { enable: false } }
  })
  told.personal = await send({
    from: 'babbage@example.com',
    subject: 'Dear {{name}}',
    text: '{{greeting}}',
    personalizations: ['ada', 'bob'].map(name => ({
      to: `${name}@example.com`,
      substitutions: { name, greeting: `Hi ${name}` },
      customArgs: { job: name }
    }))
  })
  const [multiple] = await mail.sendMultiple({
    to: ['ada@example.com', 'bob@example.com'], from: 'babbage@example.com', subject: 'Each', text: 'x'
  })
  told.multiple = [multiple.statusCode, multiple.headers['x-message-id'].length]
  told.template = await send({
    to: 'ada@example.com', from: 'babbage@example.com', templateId: 'd-1', dynamicTemplateData: { name: 'Ada', items: [1] }
  })
  told.several = (await mail.send(['a', 'b'].map(name => (
    { to: `${name}@example.com`, from: 'babbage@example.com', subject: name, text: 'x' }
  )))).map(([answer]) => answer.statusCode)
  await send({ to: 'nor this', from: 'nobody', subject: 'Bad', text: 'x' }).catch(error => {
    told.refused = [error.code, error.response.body.errors.map(each => each.field)]
  })
  console.log(JSON.stringify(told))
}
main()

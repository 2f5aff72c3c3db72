// An agent of the program's own, and then none.
const https = require('https')

const url = 'https://api.sendgrid.com/apiv2/customer.profile.json?api_user=demo&api_key=demo-password&task=get'
const agent = new https.Agent({ keepAlive: true })
https.get(url, { agent }, response => {
  response.pipe(process.stdout)
  response.on('end', () => {
    console.log()
    const options = { host: 'elsewhere.example', agent: false }
    https.get(options, () => console.log('arrived')).on('error', () => console.log('refused'))
    agent.destroy()
  })
})

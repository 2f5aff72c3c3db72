const https = require('https')
const querystring = require('querystring')

const form = querystring.stringify({ api_user: 'demo', api_key: 'demo-password', task: 'get' })
const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': form.length }
const options = { host: 'api.sendgrid.com', path: '/apiv2/customer.profile.json', method: 'POST', headers }
https.request(options, response => {
  let text = ''
  response.on('data', chunk => { text += chunk })
  response.on('end', () => {
    console.log(text)
    https.get('https://elsewhere.example/', () => console.log('arrived')).on('error', () => console.log('refused'))
  })
}).end(form)

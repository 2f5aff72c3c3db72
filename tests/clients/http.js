const http = require('http')

const url = 'http://api.sendgrid.com/apiv2/customer.profile.json?api_user=demo&api_key=demo-password&task=get'
http.get(url, response => {
  response.pipe(process.stdout)
  response.on('end', () => {
    console.log()
    http.get('http://elsewhere.example:443/', () => console.log('arrived')).on('error', () => console.log('refused'))
  })
})

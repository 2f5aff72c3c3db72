require 'net/http'
require 'uri'

call = { 'api_user' => 'demo', 'api_key' => 'demo-password', 'task' => 'get' }
puts Net::HTTP.post_form(URI('https://api.sendgrid.com/apiv2/customer.profile.json'), call).body
begin
  Net::HTTP.get(URI('https://elsewhere.example/'))
  puts 'arrived'
rescue StandardError
  puts 'refused'
end

# Sends one mail by Ruby's own library: ruby net_smtp.rb PORT USER PASSWORD
require "net/smtp"

port, user, password = ARGV
message = "From: Babbage <babbage@example.com>\r\nTo: ada@example.com\r\nSubject: from Ruby\r\n\r\nplain\r\n.dot\r\n"
begin
  Net::SMTP.start("127.0.0.1", port.to_i, "localhost", user, password, :plain) do |smtp|
    smtp.send_message(message, "babbage@example.com", "ada@example.com")
  end
  puts "sent"
rescue Net::SMTPAuthenticationError => error
  puts error.message
end

// Sends one mail with an attachment by nodemailer, as its manual shows it: node nodemailer_mail.js PORT USER PASSWORD
const nodemailer = require("nodemailer");

const [port, user, pass] = process.argv.slice(2);
const transport = nodemailer.createTransport({ host: "127.0.0.1", port: Number(port), secure: false, auth: { user, pass } });

transport
  .sendMail({
    from: '"Babbage" <babbage@example.com>',
    to: "ada@example.com, bob@example.com",
    bcc: "hidden@example.com",
    subject: "Grüße ✓",
    text: "plain ✓",
    html: "<b>rich ✓</b>",
    attachments: [{ filename: "engine.txt", content: "cogs" }],
  })
  .then((sent) => console.log(JSON.stringify({ accepted: sent.accepted, response: sent.response })))
  .catch((error) => console.log(JSON.stringify({ code: error.code, responseCode: error.responseCode, response: error.response })));

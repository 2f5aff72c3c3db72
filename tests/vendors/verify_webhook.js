// npm @sendgrid/eventwebhook: checks a signed post.
// `node verify_webhook.js KEY SIGNATURE TIMESTAMP`, with the body on standard input
const { EventWebhook } = require("@sendgrid/eventwebhook");

const [key, signature, timestamp] = process.argv.slice(2);
const body = require("node:fs").readFileSync(0);
const webhook = new EventWebhook();
const pem = webhook.convertPublicKeyToECDSA(key);
console.log(
  JSON.stringify([
    webhook.verifySignature(pem, body, signature, timestamp),
    webhook.verifySignature(pem, Buffer.concat([body, Buffer.from(" ")]), signature, timestamp),
    webhook.verifySignature(pem, body, signature, timestamp + "0"),
  ]),
);

// The least that Node can do with a form: its own server, without a framework. Prints where it listens.

import { createServer } from "node:http";

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = new URLSearchParams(Buffer.concat(chunks).toString()).get("x");
    response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": body.length });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`Listening on http://127.0.0.1:${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));

// A proxy on a free loopback port that adds the endpoint's secret: the conformance suite cannot send one itself.
// Everything else passes as it is, Host and Origin included. `node proxy.mjs <url> <secret>` prints its own address.

import http from "node:http";

const [target, secret] = process.argv.slice(2);
const { hostname, port, pathname } = new URL(target);

const server = http.createServer((request, response) => {
  const headers = { ...request.headers, authorization: `Bearer ${secret}` };
  const onward = http.request({ hostname, port, path: request.url, method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  request.pipe(onward);
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}${pathname}`));

// A test of a v2 client in Node, with its own runner: reset, seed, call, assert; all of it plain HTTP.
//
//     legacygrid serve --database sqlite:///:memory: --quiet &
//     LEGACYGRID_URL=http://127.0.0.1:8026 node --test harness.test.mjs

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';

const server = process.env.LEGACYGRID_URL ?? 'http://127.0.0.1:8026';
const token = process.env.LEGACYGRID_ADMIN_TOKEN;
// Each test has a world of its own: tests that run side by side use the same names.
let world;

async function admin(method, path, document) {
  const answer = await fetch(`${world}/__admin/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: document && JSON.stringify(document),
  });
  const told = await answer.json();
  assert.ok(answer.ok, `${method} ${path}: ${JSON.stringify(told.errors)}`);
  return told;
}

// The client under test: what the program did for years.
async function v2(operation, params) {
  const body = new URLSearchParams({ api_user: 'acme', api_key: 'acme-password', ...params });
  const answer = await fetch(`${world}/apiv2/${operation}.json`, { method: 'POST', body });
  return answer.json();
}

beforeEach(async () => {
  world = `${server}/~node-${randomUUID()}`;
  const ada = { username: 'ada', password: 'ada-password-1', email: 'ada@example.com' };
  const acme = { username: 'acme', password: 'acme-password', subusers: [ada] };
  await admin('POST', 'seed', { version: 1, accounts: [acme] });
});

afterEach(async () => {
  assert.deepEqual((await admin('GET', 'requests/unmatched')).requests, []);
  await admin('DELETE', 'state');
});

test('disabling', async () => {
  assert.deepEqual(await v2('customer.disable', { user: 'ada' }), { message: 'success' });
  const [ada] = (await admin('GET', 'state')).accounts[0].subusers;
  assert.equal(ada.active, false);
  const asked = { operation: 'customer.disable', params: { user: 'ada' }, outcome: 'done' };
  assert.equal((await admin('POST', 'requests/count', asked)).count, 1);
});

test('back to what was seeded', async () => {
  await v2('customer.delete', { user: 'ada' });
  assert.deepEqual((await admin('GET', 'state')).accounts[0].subusers, []);
  await admin('POST', 'reset');
  assert.equal((await admin('GET', 'state')).accounts[0].subusers[0].username, 'ada');
});

test('a refusal on command', async () => {
  await admin('POST', 'faults', { operation: 'customer.enable', reason: 'UnknownSubuser', times: 1 });
  assert.ok('error' in (await v2('customer.enable', { user: 'ada' })));
  assert.deepEqual(await v2('customer.enable', { user: 'ada' }), { message: 'success' });
});

test('a connection that breaks', async () => {
  await admin('POST', 'faults', { reset: 'before', times: 1 });
  await assert.rejects(v2('customer.disable', { user: 'ada' }));
  const { requests } = await admin('GET', 'requests');
  assert.equal(requests.at(-1).outcome, 'fault');
});

<?php
// A test of a v2 client in PHP, without a framework: reset, seed, call, assert; all of it plain HTTP.
//
//     legacygrid serve --database sqlite:///:memory: --quiet &
//     LEGACYGRID_URL=http://127.0.0.1:8026 php harness.php

declare(strict_types=1);

// A world of this test's own: other tests may use the same server, and the same names.
$world = (getenv('LEGACYGRID_URL') ?: 'http://127.0.0.1:8026') . '/~php-' . bin2hex(random_bytes(6));

function ask(string $method, string $url, string $body = '', string $type = 'application/json'): mixed
{
    $handle = curl_init($url);
    $headers = ["Content-Type: $type"];
    if ($token = getenv('LEGACYGRID_ADMIN_TOKEN')) {
        $headers[] = "Authorization: Bearer $token";
    }
    curl_setopt_array($handle, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 10,
    ]);
    $answer = curl_exec($handle);
    if ($answer === false) {
        throw new RuntimeException("$method $url: " . curl_error($handle));
    }
    return json_decode($answer, true, 64, JSON_THROW_ON_ERROR);
}

function admin(string $method, string $path, ?array $document = null): array
{
    global $world;
    $told = ask($method, "$world/__admin/$path", $document === null ? '' : json_encode($document));
    if (isset($told['errors'])) {
        throw new RuntimeException("$method $path: " . json_encode($told['errors']));
    }
    return $told;
}

// The client under test: what the program did for years.
function v2(string $operation, array $params): array
{
    global $world;
    $params = ['api_user' => 'acme', 'api_key' => 'acme-password'] + $params;
    return ask('POST', "$world/apiv2/$operation.json", http_build_query($params), 'application/x-www-form-urlencoded');
}

function check(mixed $there, mixed $wanted, string $what): void
{
    if ($there !== $wanted) {
        throw new RuntimeException("$what: wanted " . json_encode($wanted) . ', there is ' . json_encode($there));
    }
    echo "ok - $what\n";
}

// Reset and seed.
admin('POST', 'reset');
admin('POST', 'seed', ['version' => 1, 'accounts' => [
    ['username' => 'acme', 'password' => 'acme-password', 'subusers' => [
        ['username' => 'ada', 'password' => 'ada-password-1', 'email' => 'ada@example.com'],
    ]],
]]);

// Call, and assert what is answered, what there is then, and what came in.
check(v2('customer.disable', ['user' => 'ada']), ['message' => 'success'], 'ada is disabled');
$ada = admin('GET', 'state')['accounts'][0]['subusers'][0];
check($ada['active'], false, 'ada is not active any more');
$asked = ['operation' => 'customer.disable', 'params' => ['user' => 'ada'], 'outcome' => 'done'];
check(admin('POST', 'requests/count', $asked)['count'], 1, 'customer.disable was called once');

// A simulated fault: the next call is refused, the one after it is not.
admin('POST', 'faults', ['operation' => 'customer.enable', 'reason' => 'UnknownSubuser', 'times' => 1]);
check(isset(v2('customer.enable', ['user' => 'ada'])['error']), true, 'the refusal that was ordered');
check(v2('customer.enable', ['user' => 'ada']), ['message' => 'success'], 'ada is enabled');

check(admin('GET', 'requests/unmatched')['requests'], [], 'every call matched an operation');
admin('DELETE', 'state');

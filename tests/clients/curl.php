<?php
$session = curl_init('https://api.sendgrid.com/apiv2/customer.profile.json');
curl_setopt($session, CURLOPT_POST, true);
curl_setopt($session, CURLOPT_POSTFIELDS, array('api_user' => 'demo', 'api_key' => 'demo-password', 'task' => 'get'));
curl_setopt($session, CURLOPT_RETURNTRANSFER, true);
echo curl_exec($session), "\n";
curl_setopt($session, CURLOPT_URL, 'https://elsewhere.example/');
echo curl_exec($session) === false ? "refused\n" : "arrived\n";

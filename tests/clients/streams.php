<?php
$form = http_build_query(array('api_user' => 'demo', 'api_key' => 'demo-password', 'task' => 'get'));
$http = array('method' => 'POST', 'content' => $form, 'header' => 'Content-Type: application/x-www-form-urlencoded');
$context = stream_context_create(array('http' => $http));
echo file_get_contents('https://api.sendgrid.com/apiv2/customer.profile.json', false, $context), "\n";
if (strpos($http_response_header[0], ' 200 ') === false || count(file("http://sendgrid.com/apiv2/customer.profile.xml?$form")) == 0) {
    exit(1);
}
echo @file_get_contents('https://elsewhere.example/') === false ? "refused\n" : "arrived\n";

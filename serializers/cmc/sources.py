"""Where what we know of Customers Mail Cloud is from."""

MANUAL_TE = "smtps.jp/docs-en/apiv2/te"
MANUAL_ES = "smtps.jp/docs-en/apiv2/es"
MANUAL_USERS = "smtps.jp/docs-en/userguide/api/user"
PHP_CLIENT = "goofmint/CustomersMailCloud-php"
PYTHON_CLIENT = "PyPI customersmailcloud 1.2.2"

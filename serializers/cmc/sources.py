"""Where what we know of Customers Mail Cloud is from."""

from legacygrid.registry.evidence import inferred

MANUAL_TE = "smtps.jp/docs-en/apiv2/te"
MANUAL_ES = "smtps.jp/docs-en/apiv2/es"
MANUAL_USERS = "smtps.jp/docs-en/userguide/api/user"
PHP_CLIENT = "goofmint/CustomersMailCloud-php"
PYTHON_CLIENT = "PyPI customersmailcloud 1.2.2"

#: Of what none of these has.
OURS = inferred("the manual's excerpts end before its errors: status, code and sentence are ours")

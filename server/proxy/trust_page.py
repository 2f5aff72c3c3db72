"""How each runtime is told to trust a certificate: commands for the user to run. We touch no trust
store ourselves.
"""

import shlex
from pathlib import Path

_PAGE = """\
The certificate to trust is {path}
Run these commands yourself; Legacygrid changes no trust store. Trust it only on machines for tests.

For one program, with environment variables:
  curl               export CURL_CA_BUNDLE={quoted}
  Python requests    export REQUESTS_CA_BUNDLE={quoted}
  httpx, urllib      export SSL_CERT_FILE={quoted}
  Ruby, Go           export SSL_CERT_FILE={quoted}
  Perl               export SSL_CERT_FILE={quoted} PERL_LWP_SSL_CA_FILE={quoted}
  Node               export NODE_EXTRA_CA_CERTS={quoted}
  wget               wget --ca-certificate={quoted} ...
  git                export GIT_SSL_CAINFO={quoted}

PHP, in php.ini (for PHP-FPM and Apache restart them):
  curl.cainfo = "{path}"
  openssl.cafile = "{path}"

Java, in a trust store of its own:
  keytool -importcert -noprompt -alias legacygrid -file {quoted} \
-keystore legacygrid.jks -storepass changeit
  java -Djavax.net.ssl.trustStore=legacygrid.jks ...

For every program on the machine, Debian and Ubuntu:
  sudo cp {quoted} /usr/local/share/ca-certificates/legacygrid.crt && sudo update-ca-certificates
To remove it:
  sudo rm /usr/local/share/ca-certificates/legacygrid.crt && sudo update-ca-certificates --fresh

Fedora, RHEL and similar systems:
  sudo cp {quoted} /etc/pki/ca-trust/source/anchors/legacygrid.pem && sudo update-ca-trust
To remove it:
  sudo rm /etc/pki/ca-trust/source/anchors/legacygrid.pem && sudo update-ca-trust

Python's requests and httpx, Node and Java have lists of their own and do not read the machine's; \
for these,
use the variable or the store. Other users cannot read the folder above; copy the certificate to
where they can.
"""


def page(path: Path) -> str:
    """The instructions for the certificate at a path."""
    return _PAGE.format(path=path, quoted=shlex.quote(str(path)))
